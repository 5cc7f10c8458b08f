import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { ActContext } from './acts/acts.js';
import { type CommandAct, command } from './acts/command.js';
import { type MentionAct, mention, openHome, say } from './acts/event.js';
import { type ClickAct, click, closeView, type ShortcutAct, type SubmitAct, shortcut, submitView } from './acts/interact.js';
import { makeBlockCheck } from './block-kit/validate.js';
import type { Delivered } from './delivery/delivery.js';
import { httpDelivery } from './delivery/http.js';
import { type SocketDelivery, socketDelivery } from './delivery/socket.js';
import { type Fault, makeFaults } from './faults.js';
import { makeFiles } from './files.js';
import { makePageServer } from './page-server.js';
import { makeRateLimits } from './rate-limits.js';
import { makeResponseUrls } from './response-url.js';
import { APP_ID, BOT, CHANNELS, type Installed, readManifest, seedChannels, seedUsers, TEAM, USERS } from './seed.js';
import { listen, type Routes } from './server.js';
import { makeState } from './state.js';
import { transcript } from './transcript.js';
import { makeTriggers } from './triggers.js';
import { type Call, makeWebApi } from './web-api/handler.js';
import type { Api } from './web-api/method.js';
import { methods } from './web-api/methods.js';
import type { Message } from './words.js';

/** Slack's waits in milliseconds; tests shorten them. */
export type Timing = {
  readonly ackMs: number;
  readonly triggerLifeMs: number;
  readonly responseUrlLifeMs: number;
  readonly fileReadyMs: number;
  readonly eventRetriesMs: readonly number[];
};
const SLACKS: Timing = {
  ackMs: 3_000,
  triggerLifeMs: 3_000,
  responseUrlLifeMs: 30 * 60_000,
  fileReadyMs: 300,
  eventRetriesMs: [0, 60_000, 300_000],
};

export type WorkspaceOptions = {
  readonly delivery: 'http' | 'socket';
  readonly port?: number;
  /** On unless said otherwise. */
  readonly rateLimits?: boolean;
  /** Of the bot token; the manifest's unless said otherwise. */
  readonly scopes?: readonly string[];
  /** Changes to what the manifest says: events, commands, shortcuts, home tab. */
  readonly installed?: Partial<Installed>;
  readonly freePlan?: boolean;
  readonly timing?: Partial<Timing>;
  readonly nowMs?: () => number;
  /** A folder with the built page. */
  readonly pageDir?: string;
};

export type Workspace = Awaited<ReturnType<typeof startWorkspace>>;

/** A Slack workspace of its own on loopback: it takes what Slack takes, refuses what Slack refuses, in Slack's words. */
export async function startWorkspace(options: WorkspaceOptions) {
  const nowMs = options.nowMs ?? Date.now;
  const timing = { ...SLACKS, ...options.timing };
  const ended = new AbortController();
  const installed = { ...readManifest(inRepository('manifest.yml')), ...options.installed };
  const credentials = makeCredentials();
  let requestUrl: string | undefined;
  let tokenProblem: string | undefined;

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
    ...{ ...credentials, faults, nowMs, ackMs: timing.ackMs, requestUrl: () => requestUrl, signal: ended.signal },
  });
  const delivery = socket ?? http;

  const api: Api = {
    ...{ state, files, triggers, installed, blocks },
    scopes: options.scopes ?? installed.scopes,
    freePlan: options.freePlan ?? false,
    origin: () => origin,
    socketUrl: () => `${origin.replace('http', 'ws')}/link/?ticket=${socket?.ticket() ?? 'none'}`,
  };
  const tokens = { bot: credentials.botToken, app: credentials.appToken, problem: () => tokenProblem };
  const limits = makeRateLimits(options.rateLimits ?? true, nowMs);
  const webApi = makeWebApi({ api, methods, tokens, faults, limits, calls, nowMs });
  const acts: ActContext = {
    ...{ state, api, triggers, responseUrls, installed, delivery, delivered, retriesMs: timing.eventRetriesMs },
  };
  const page = makePageServer(acts, files, options.pageDir ?? inRepository('.test/slack-page'));
  const routes: Routes = { ...credentials, webApi, files, responseUrls, page, faults, calls, nowMs, upgrade: socket?.upgrade };
  const { server, port } = await listen(options.port ?? 0, () => routes);
  const origin = `http://127.0.0.1:${port}`;

  return {
    ...credentials,
    apiUrl: `${origin}/api/`,
    pageUrl: `${origin}/_page/`,
    teamId: TEAM.id,
    botUserId: BOT.id,
    botId: BOT.botId,
    users: USERS,
    channels: CHANNELS,
    /** Every call, in the order in which they came. */
    calls: calls as readonly Call[],
    callsOf: (method: string): Call[] => calls.filter((call) => call.method === method),
    /** Everything that was sent to the app, with how it was taken. */
    delivered: delivered as readonly Delivered[],
    /** Calls to many (`@here`, groups) that the bot's messages made. */
    broadcasts: state.broadcasts,

    setRequestUrl(url: string): void {
      requestUrl = url;
    },
    /** Asks the request URL whether it is the app's, as Slack does when it is set. */
    verifyRequestUrl: (): Promise<boolean> => http.verify(),
    /** From now on the tokens are refused with this word; undefined: they are good again. */
    setTokenProblem(word: 'account_inactive' | 'token_revoked' | 'invalid_auth' | undefined): void {
      tokenProblem = word;
    },
    command: (act: CommandAct) => command(acts, act),
    mention: (act: MentionAct) => mention(acts, act),
    say: (act: MentionAct) => say(acts, act),
    click: (act: ClickAct) => click(acts, act),
    shortcut: (act: ShortcutAct) => shortcut(acts, act),
    openHome: (user: string) => openHome(acts, user),
    submitView: (act: SubmitAct) => submitView(acts, act),
    closeView: (user: string, viewId: string) => closeView(acts, user, viewId),
    views: (user: string) => [...state.views.values()].filter(({ forUser }) => forUser === user),

    /** What everybody in the channel sees, oldest first, threads too. */
    messages: (channel: string): Message[] =>
      state.messages.filter((one) => one.channel === channel && one.ephemeralFor === undefined),
    /** What only this person sees, oldest first. */
    ephemerals: (user: string): Message[] => state.messages.filter((one) => one.ephemeralFor === user),
    transcript: (channel: string, reader?: string): string => transcript(state, channel, reader),
    /** The bytes of an uploaded file, once Slack has made it ready. */
    fileBytes: (id: string): Buffer | undefined => files.bytes(id),

    /** Slack has looked at all files that were uploaded: for tests that set `fileReadyMs` to infinity. */
    finishFiles: (): void => files.finishAll(),

    fault: (fault: Fault): void => faults.add(fault),
    /** Throws with the names of faults that never came to be. */
    assertFaultsUsed(): void {
      const unused = faults.unused();
      if (unused.length > 0) throw new Error(`faults that were asked for and never happened: ${unused.join('; ')}`);
    },
    sockets: (): number => socket?.count() ?? 0,
    dropSockets: (how: Parameters<SocketDelivery['drop']>[0] = 'vanish'): void => socket?.drop(how),
    waitFor: <T>(probe: () => T | null | undefined | false, ms: number, what: string) => waitFor(probe, ms, what),

    async stop(): Promise<void> {
      ended.abort();
      state.stop();
      await delivery.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** No two workspaces have the same: a token of one is nothing in another. */
function makeCredentials(): { botToken: string; appToken: string; signingSecret: string } {
  const secret = () => randomBytes(12).toString('hex');
  return { botToken: `xoxb-1-2-${secret()}`, appToken: `xapp-1-${APP_ID}-${secret()}`, signingSecret: `${secret()}${secret()}` };
}

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** Asks every 10 ms until there is something. Throws after `ms` with `what`. */
async function waitFor<T>(probe: () => T | null | undefined | false, ms: number, what: string): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = probe();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
