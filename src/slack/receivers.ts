import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type App, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { FatalError } from '../errors.js';
import { type Flight, gate, type OnAck } from './gate.js';
import type { SlackLogger } from './slack-logger.js';

export type Inbound = {
  readonly receiver: Receiver;
  /** HTTP mode only: answers `/slack/events`. */
  readonly listener?: RequestListener;
  /** Whether Slack can reach us now, as far as we can know; a sentence when not. */
  problem(): string | null;
  flight(): Flight;
};

/** Opening a connection is tried for about half an hour: a failed reopening is an error that nobody catches (slack-facts §4). */
const OPENING_RETRIES = { retries: 10, factor: 1.97, randomize: true };
/** Slack refuses what is older than five minutes; Bolt too, but lets the future pass. */
const MAX_AHEAD_SECONDS = 60;

/** Read before the signature can be checked, so anybody's; Slack's are some tens of KB at most (Bolt's own limit is 4 MB). */
const MAX_BODY = 2 ** 20;

/** Signed requests on `/slack/events`. The server is ours, so that health and metrics share the port. */
export function httpInbound(signingSecret: string, logger: SlackLogger, onAck: OnAck): Inbound {
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: ['/slack/events'],
    logger,
    unhandledRequestTimeoutMillis: 2_900,
    bodyLimit: MAX_BODY,
  });
  let flight: Flight | undefined;
  return {
    receiver: {
      init(app: App) {
        const made = gate(app, onAck);
        flight = made.flight;
        receiver.init(made.gated);
      },
      start: async () => {},
      stop: async () => {},
    },
    listener(request: IncomingMessage, response: ServerResponse) {
      // Bolt throws at any other method, out of the server: anybody could end the bot.
      if (request.method !== 'POST') {
        response.writeHead(405, { allow: 'POST' }).end();
        return;
      }
      const at = Number(request.headers['x-slack-request-timestamp']);
      const aheadSeconds = Math.round(at - Date.now() / 1000);
      if (aheadSeconds > MAX_AHEAD_SECONDS) {
        logger.warn(
          `a request to /slack/events is dated ${aheadSeconds} s ahead of the clock here: refused (is the clock right?)`,
        );
        response.writeHead(401).end();
        return;
      }
      // Some proxies add a charset; Bolt takes the bare type only (slack-facts §3).
      const type = request.headers['content-type'];
      if (type) request.headers['content-type'] = type.split(';')[0]?.trim().toLowerCase();
      receiver.requestListener(request, response);
    },
    problem: () => null,
    flight: () => flight ?? NONE,
  };
}

/**
 * Two connections, because Slack asks each to be renewed about hourly and one alone is deaf for five seconds while it does
 * (slack-facts §0.6). Slack delivers to either.
 */
export function socketInbound(appToken: string, slackApiUrl: string | undefined, logger: SlackLogger, onAck: OnAck): Inbound {
  const sockets = [0, 1].map(
    () =>
      new SocketModeReceiver({
        appToken,
        logger,
        clientPingTimeout: 5_000,
        installerOptions: {
          clientOptions: {
            ...(slackApiUrl ? { slackApiUrl } : {}),
            retryConfig: OPENING_RETRIES,
          },
        },
      }),
  );
  const connected = new Set<SocketModeReceiver>();
  for (const socket of sockets) {
    passOddFrames(socket.client, logger);
    socket.client.on('connected', () => connected.add(socket));
    for (const lost of ['disconnected', 'reconnecting']) socket.client.on(lost, () => connected.delete(socket));
  }
  let flight: Flight | undefined;
  return {
    receiver: {
      init(app: App) {
        const made = gate(app, onAck);
        flight = made.flight;
        for (const socket of sockets) socket.init(made.gated);
      },
      async start() {
        try {
          await Promise.all(sockets.map((socket) => socket.start()));
        } catch (error) {
          const code = (error as { data?: { error?: string } }).data?.error ?? String(error);
          throw new FatalError(
            `SLACK_APP_TOKEN: Slack opened no connection (${code}). Is it an app-level token (xapp-…) with connections:write, and is Socket Mode on?`,
          );
        }
      },
      async stop() {
        await Promise.all(sockets.map((socket) => socket.stop()));
      },
    },
    problem: () => (connected.size > 0 ? null : 'Slack: no Socket Mode connection'),
    flight: () => flight ?? NONE,
  };
}

const SAME_AGAIN_MS = 60_000;

/**
 * Slack's client trips over JSON that is no message of Slack's (`null`, an event without a payload): a rejection that nobody catches, which ends
 * the process (`onWebSocketMessage` of @slack/socket-mode 3.1). One such frame is left out, and said once a minute (reliability S16).
 */
function passOddFrames(client: SocketModeReceiver['client'], logger: SlackLogger): void {
  const handlers = client.listeners('ws_message') as ((...frame: unknown[]) => Promise<void>)[];
  let saidMs = Number.NEGATIVE_INFINITY;
  client.removeAllListeners('ws_message');
  client.on('ws_message', (...frame: unknown[]) => {
    for (const handle of handlers) {
      handle(...frame).catch((error: unknown) => {
        if (performance.now() - saidMs < SAME_AGAIN_MS) return;
        saidMs = performance.now();
        logger.warn(`a frame that is no message of Slack's was left out: ${error instanceof Error ? error.message : 'odd'}`);
      });
    }
  });
}

const NONE: Flight = { count: 0, settled: async () => {} };
