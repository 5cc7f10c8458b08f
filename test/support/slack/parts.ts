import type { ActContext } from './acts/acts.js';
import { makeBlockCheck } from './block-kit/validate.js';
import type { Delivered } from './delivery/delivery.js';
import { httpDelivery } from './delivery/http.js';
import { type SocketDelivery, socketDelivery } from './delivery/socket.js';
import { makeFaults } from './faults.js';
import { makeFiles } from './files.js';
import { makeCredentials, settled, type WorkspaceOptions } from './options.js';
import { makePageServer } from './page-server.js';
import { makeRateLimits } from './rate-limits.js';
import { makeResponseUrls } from './response-url.js';
import { BOT, seedChannels, seedUsers } from './seed.js';
import { listen, type Routes } from './server.js';
import { makeState } from './state.js';
import { makeTriggers } from './triggers.js';
import { type Call, makeWebApi } from './web-api/handler.js';
import type { Api } from './web-api/method.js';
import { methods } from './web-api/methods.js';

export type Parts = Awaited<ReturnType<typeof assemble>>;

/** Puts the workspace together and begins to listen. `set`: what changes while it runs. */
export async function assemble(options: WorkspaceOptions) {
  const { nowMs, timing, installed, scopes, freePlan, rateLimits, pageDir, ...wanted } = settled(options);
  const ended = new AbortController();
  const credentials = makeCredentials();
  const set: { requestUrl?: string; tokenProblem?: string | undefined } = {};

  const calls: Call[] = [];
  const delivered: Delivered[] = [];
  const state = makeState(seedUsers(), seedChannels(), BOT.id, nowMs);
  const faults = makeFaults(ended.signal);
  const triggers = makeTriggers(timing.triggerLifeMs, nowMs);
  const files = makeFiles(state, timing.fileReadyMs, () => origin);
  const blocks = makeBlockCheck(files.isPicture);
  const responseUrls = makeResponseUrls(state, blocks, timing.responseUrlLifeMs, nowMs, () => origin);
  const socket: SocketDelivery | undefined = options.delivery === 'socket' ? socketDelivery(faults, timing.ackMs) : undefined;
  const http = httpDelivery({
    ...{ ...credentials, faults, nowMs, ackMs: timing.ackMs, requestUrl: () => set.requestUrl, signal: ended.signal },
  });
  const delivery = socket ?? http;

  const api: Api = {
    ...{ state, files, triggers, installed, blocks, scopes, freePlan },
    origin: () => origin,
    socketUrl: () => `${origin.replace('http', 'ws')}/link/?ticket=${socket?.ticket() ?? 'none'}`,
  };
  const tokens = { bot: credentials.botToken, app: credentials.appToken, problem: () => set.tokenProblem };
  const limits = makeRateLimits(rateLimits, nowMs);
  const webApi = makeWebApi({ api, methods, tokens, faults, limits, calls, nowMs });
  const acts: ActContext = {
    ...{ state, api, triggers, responseUrls, installed, files, scopes, delivery, delivered, retriesMs: timing.eventRetriesMs },
  };
  const page = makePageServer(acts, files, pageDir);
  const routes: Routes = {
    ...credentials,
    webApi,
    files,
    scopes,
    responseUrls,
    page,
    faults,
    calls,
    nowMs,
    upgrade: socket?.upgrade,
  };
  const { server, port } = await listen(wanted.port, wanted.host, () => routes);
  const origin = `http://${wanted.host}:${port}`;

  return {
    ...{ credentials, origin, state, files, faults, calls, delivered, acts, http, socket, set },
    async stop(): Promise<void> {
      ended.abort();
      state.stop();
      await delivery.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
