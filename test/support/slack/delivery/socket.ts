import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Faults } from '../faults.js';
import { APP_ID } from '../seed.js';
import { type Ack, type Delivery, fromOtherTeam, type Outgoing } from './delivery.js';

/** docs.slack.dev/apis/events-api/using-socket-mode */
const MAX_CONNECTIONS = 10;
const PING_MS = 5_000;
const CLOSE_MS = 300;
const TYPES = { command: 'slash_commands', interactivity: 'interactive', event: 'events_api' } as const;

export type SocketDelivery = Delivery & {
  /** A new ticket; each lets one connection in. */
  ticket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  count(): number;
  sendRaw(data: string | Buffer): void;
  /** Sends everybody away: `vanish` tears the connections down, the others are Slack's polite ways. */
  drop(how: 'vanish' | 'warning' | 'refresh_requested' | 'link_disabled'): void;
};

/** Socket Mode: each envelope goes to one connection at random, and is acknowledged by its id. */
export function socketDelivery(faults: Faults, ackMs: number): SocketDelivery {
  const server = new WebSocketServer({ noServer: true });
  const open = new Set<WebSocket>();
  const tickets = new Set<string>();
  const waiting = new Map<string, { readonly on: WebSocket; readonly done: (ack: Ack) => void; readonly from: number }>();
  const pings = setInterval(() => open.forEach((socket) => void socket.ping()), PING_MS);

  server.on('connection', (socket: WebSocket) => {
    if (open.size >= MAX_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'local' } }));
      return socket.close();
    }
    open.add(socket);
    socket.on('message', (data, isBinary) => void (isBinary || acknowledge(String(data))));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      open.delete(socket);
      for (const [id, { on, done, from }] of waiting) {
        if (on === socket)
          finish(id, () => done({ status: 0, body: null, error: 'dispatch_failed', ms: performance.now() - from }));
      }
    });
    const about = { host: 'local', started: new Date().toISOString(), build_number: 1, approximate_connection_time: 3_600 };
    socket.send(
      JSON.stringify({ type: 'hello', num_connections: open.size, connection_info: { app_id: APP_ID }, debug_info: about }),
    );
  });

  function acknowledge(text: string): void {
    const { envelope_id, payload } = parsed(text);
    const waited = waiting.get(String(envelope_id));
    if (!waited) return;
    const empty = payload === undefined || Object.keys(payload).length === 0;
    const ms = performance.now() - waited.from;
    finish(String(envelope_id), () => waited.done({ status: 200, body: empty ? null : payload, error: null, ms }));
  }

  function finish(id: string, done: () => void): void {
    if (waiting.delete(id)) done();
  }

  function pass(outgoing: Outgoing, envelopeId: string): Promise<Ack> {
    const socket = [...open][open.size > 0 ? randomInt(open.size) : 0];
    if (!socket) return Promise.resolve({ status: 0, body: null, error: 'dispatch_failed', ms: 0 });
    const from = performance.now();
    return new Promise((resolve) => {
      const late: Ack = { status: 0, body: null, error: 'operation_timeout', ms: ackMs };
      const timer = setTimeout(() => finish(envelopeId, () => resolve(late)), ackMs);
      const done = (ack: Ack) => {
        clearTimeout(timer);
        resolve(ack);
      };
      waiting.set(envelopeId, { on: socket, done, from });
      socket.send(JSON.stringify(envelope(outgoing, envelopeId)));
    });
  }

  return {
    ticket() {
      const ticket = randomBytes(16).toString('hex');
      tickets.add(ticket);
      return ticket;
    },

    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://local').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      server.handleUpgrade(request, socket, head, (webSocket) => server.emit('connection', webSocket, request));
    },

    async send(outgoing) {
      const fault = faults.delivery(outgoing.kind);
      const given = fault === 'strange-team' ? fromOtherTeam(outgoing) : outgoing;
      const copies = fault === 'duplicate' ? 2 : 1;
      const id = randomUUID();
      const acks = await Promise.all(Array.from({ length: copies }, (_, copy) => pass(given, copy === 0 ? id : randomUUID())));
      return acks[0] as Ack;
    },

    count: () => open.size,
    sendRaw: (data) => open.forEach((socket) => void socket.send(data)),

    drop(how) {
      for (const socket of open) {
        if (how === 'vanish') socket.terminate();
        else socket.send(JSON.stringify({ type: 'disconnect', reason: how, debug_info: { host: 'local' } }));
        if (how === 'refresh_requested') setTimeout(() => socket.close(), 500).unref();
      }
    },

    async stop() {
      clearInterval(pings);
      await Promise.all([...open].map(leave));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A connection that is closing by itself is let; one that does not answer is torn down. */
async function leave(socket: WebSocket): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close(1001);
  const timer = setTimeout(() => socket.terminate(), CLOSE_MS);
  await closed;
  clearTimeout(timer);
}

function envelope({ kind, payload, retry }: Outgoing, envelopeId: string): object {
  const reason = retry?.reason.replace('http_timeout', 'timeout') ?? '';
  const again = kind === 'event' ? { retry_attempt: retry?.num ?? 0, retry_reason: reason } : {};
  return { envelope_id: envelopeId, type: TYPES[kind], payload, accepts_response_payload: kind !== 'event', ...again };
}

function parsed(text: string): { envelope_id?: unknown; payload?: object } {
  try {
    return JSON.parse(text) as { envelope_id?: unknown; payload?: object };
  } catch {
    return {};
  }
}
