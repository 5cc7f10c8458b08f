import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LeakwatchError } from '../errors.js';
import type { Alert, Alerts } from '../model/alert.js';
import type { Enqueue } from '../queue/enqueue.js';
import { decodeAlerts } from './decode-alerts.js';

/** Some 10,000 alerts. Alertmanager can be told to send fewer at a time (`max_alerts`). */
const MAX_BYTES = 5 * 2 ** 20;
/** So many are put into the queue at a time. */
const AT_ONCE = 500;

/** What became of a request: for the metrics, and for whoever reads Alertmanager's log. */
export type Taken = {
  readonly status: 200 | 400 | 401 | 404 | 405 | 413 | 503;
  readonly words: string;
  readonly stored?: number;
  readonly own?: number;
};

export type AlertsParts = {
  /** Undefined: no alerts are taken in. */
  readonly secret: string | undefined;
  readonly enqueue: Enqueue;
  readonly turns: Alerts['turns'];
  /** Told the ids of alerts that fire each time they are sent; the queue knows repeats no more. */
  readonly hear: Alerts['hear'];
  readonly nowMs: () => number;
  readonly taken: (outcome: Taken) => void;
};

/**
 * `POST /alertmanager`: 200 once every alert of it is in the queue, and 503 otherwise, upon which Alertmanager sends it again (never
 * 429: that it takes for a refusal). A part that was stored before is stored once. What can never be taken is a 4xx: no retries.
 */
export function makeAlertsRoute(parts: AlertsParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const outcome = await take(request, parts);
    parts.taken(outcome);
    const { status, words } = outcome;
    const headers = { 'content-type': 'text/plain; charset=utf-8', ...(status === 413 ? { connection: 'close' } : {}) };
    response.writeHead(status, headers).end(`${words}\n`);
  };
}

async function take(request: IncomingMessage, { secret, enqueue, turns, hear, nowMs }: AlertsParts): Promise<Taken> {
  if (request.method !== 'POST') return { status: 405, words: 'POST only' };
  if (!secret) return { status: 404, words: 'LEAKWATCH_WEBHOOK_SECRET is not set: no alerts are taken in' };
  if (!isKnown(request.headers.authorization, secret))
    return { status: 401, words: 'authorization: the secret of LEAKWATCH_WEBHOOK_SECRET, as a bearer token or as a password' };
  try {
    const body = await readBody(request);
    if (body === null) return { status: 413, words: `more than ${MAX_BYTES} bytes: set max_alerts in the receiver` };
    const { alerts: sent, own } = decodeAlerts(body);
    const alerts: Alert[] = [];
    for (let i = 0; i < sent.length; i += AT_ONCE) {
      const some = sent.slice(i, i + AT_ONCE);
      const ids = await turns(some, nowMs());
      const inTurn = some.map((alert, index) => ({ ...alert, id: ids[index] ?? alert.id }));
      await Promise.all(inTurn.map((alert) => enqueue('alert', { v: 1, alert }, { once: onceOf(alert) })));
      alerts.push(...inTurn);
    }
    await hear(
      alerts.filter(({ status }) => status === 'firing').map(({ id }) => id),
      nowMs(),
    );
    return { status: 200, words: `stored ${alerts.length}`, stored: alerts.length, own };
  } catch (error) {
    if (error instanceof LeakwatchError && error.who === 'person') return { status: 400, words: error.message };
    return {
      status: 503,
      words: `not stored, send it again: ${error instanceof LeakwatchError ? error.message : 'an error of ours'}`,
    };
  }
}

/** The same alert, firing or over, is one job for a day, however often and by how many it is sent. */
function onceOf({ id, status }: Alert): string {
  return `${id} ${status}`;
}

/** `Bearer <secret>`, or any name with it as the password. In constant time: of hashes, since lengths tell too. */
function isKnown(header: string | undefined, secret: string): boolean {
  const [, scheme, value = ''] = /^(bearer|basic) +(\S+)$/i.exec(header ?? '') ?? [];
  const given = scheme?.toLowerCase() === 'basic' ? passwordIn(value) : value;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret)) && scheme !== undefined;
}

/** Without a colon it is no name and password. */
function passwordIn(encoded: string): string {
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? '' : text.slice(colon + 1);
}

/** Null: more than is read. Rejects when the sender goes away. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  if (Number(request.headers['content-length'] ?? 0) > MAX_BYTES) return null;
  // The answer still has to go out by this socket.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
