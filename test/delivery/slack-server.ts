import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What goes wrong with the next calls of a method: before or after Slack has done as asked. */
export type Fault = {
  readonly method: string;
  readonly kind: 'http500' | 'http404' | 'timeout' | 'reset' | 'html' | 'nothing' | 'cut' | 'word' | 'limited' | 'empty';
  readonly after?: boolean;
  readonly times?: number;
  readonly word?: string;
  readonly retryAfter?: string;
  readonly when?: (args: Record<string, string>) => boolean;
};

export type Call = { readonly method: string; readonly args: Record<string, string>; readonly atMs: number };
export type Kept = Record<string, unknown> & { channel: string; ts: string; text: string; blocks: Record<string, unknown>[] };
export type SlackServer = Awaited<ReturnType<typeof startSlackServer>>;

/** As much of Slack as delivery needs, with every way of not answering. The strict one is `support/slack`. */
export async function startSlackServer() {
  const me: { bot_id?: string | undefined; user_id: string } = { bot_id: 'B1', user_id: 'U1' };
  const messages: Kept[] = [];
  const calls: Call[] = [];
  const faults: (Fault & { left: number })[] = [];
  /** Channels that can be posted to by a name; everything else wants their id. */
  const ids = new Map<string, string>();
  let lastMicros = 0;

  const methods: Record<string, (args: Record<string, string>) => Record<string, unknown>> = {
    'auth.test': () => me,
    'chat.postMessage': (args) => {
      lastMicros = Math.max(lastMicros + 1, Date.now() * 1000);
      const ts = `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`;
      const channel = ids.get(String(args.channel)) ?? String(args.channel);
      messages.push({ ...parsed(args), channel, ts, bot_id: 'B1', user: 'U1' } as unknown as Kept);
      return { ts, channel };
    },
    'chat.postEphemeral': (args) => {
      messages.push({ ...parsed(args), ephemeral: true } as unknown as Kept);
      return { message_ts: '1.000001' };
    },
    'chat.update': (args) => {
      const found = messages.find((one) => one.ts === args.ts && one.channel === args.channel);
      if (!found) throw new Error('message_not_found');
      Object.assign(found, parsed(args));
      return { ts: args.ts };
    },
    'chat.delete': (args) => {
      const at = messages.findIndex((one) => one.ts === args.ts && one.channel === args.channel);
      if (at < 0) throw new Error('message_not_found');
      messages.splice(at, 1);
      return { ts: args.ts, channel: args.channel };
    },
    'conversations.history': (args) => page(args, (one) => !one.thread_ts),
    'conversations.replies': (args) => page(args, (one) => one.thread_ts === args.ts || one.ts === args.ts),
    'files.getUploadURLExternal': () => ({ file_id: 'F0000000001', upload_url: `${url}/upload` }),
    'files.completeUploadExternal': () => ({}),
    'files.info': () => ({
      file: calls.filter((call) => call.method === 'files.info').length > 1 ? { mimetype: 'image/png' } : {},
    }),
  };

  function page(args: Record<string, string>, where: (one: Kept) => boolean) {
    if (ids.has(String(args.channel))) throw new Error('channel_not_found');
    const inside = messages.filter((one) => !one.ephemeral && one.channel === args.channel && where(one));
    const seen = inside.filter((one) => one.ts >= String(args.oldest) && one.ts <= String(args.latest));
    return { messages: seen.toReversed() };
  }

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname.slice(1).replace(/^api\//, '');
    const body = await read(request);
    const json = request.headers['content-type']?.startsWith('application/json');
    const args = (json ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))) as Record<string, string>;
    calls.push({ method: path, args, atMs: Date.now() });
    if (path === 'upload') return void response.end('OK');
    const fault = faults.find((one) => one.left > 0 && one.method === path && (one.when?.(args) ?? true));
    if (fault) fault.left -= 1;
    if (fault && !fault.after) return fail(fault, response);
    const answer = path.startsWith('reply/') ? keepReply(args) : call(path, args);
    if (fault) return fail(fault, response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });

  function call(path: string, args: Record<string, string>) {
    try {
      return { ok: true, ...methods[path]?.(args) };
    } catch (error) {
      return { ok: false, error: (error as Error).message };
    }
  }

  function keepReply(args: Record<string, unknown>) {
    const last = messages.findLast((one) => one.reply);
    if (args.replace_original && last) Object.assign(last, args);
    else messages.push({ ...args, reply: true } as unknown as Kept);
    return { ok: true };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    apiUrl: `${url}/api/`,
    replyUrl: `${url}/reply/1`,
    me,
    ids,
    messages,
    calls,
    callsOf: (method: string) => calls.filter((one) => one.method === method),
    fault: (fault: Fault) => void faults.push({ ...fault, left: fault.times ?? 1 }),
    reset() {
      messages.length = 0;
      calls.length = 0;
      faults.length = 0;
      ids.clear();
      me.bot_id = 'B1';
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function fail(fault: Fault, response: ServerResponse): void {
  if (fault.kind === 'timeout') return;
  if (fault.kind === 'reset') return void response.socket?.destroy();
  if (fault.kind === 'http404') return void response.writeHead(404).end('no such page');
  if (fault.kind === 'http500') return void response.writeHead(500).end('oh');
  if (fault.kind === 'nothing') return void response.end();
  if (fault.kind === 'cut') return void response.end('{"ok":true,"channel":"C1","ts":"17');
  if (fault.kind === 'html') return void response.end('<html>');
  if (fault.kind === 'limited') {
    response.writeHead(429, fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter });
    return void response.end('{"ok":false,"error":"ratelimited"}');
  }
  response.setHeader('content-type', 'application/json');
  const answer = fault.kind === 'empty' ? { ok: true, messages: [] } : { ok: false, error: fault.word };
  response.end(JSON.stringify(answer));
}

function parsed(args: Record<string, string>): Record<string, unknown> {
  const entries = Object.entries(args).map(([name, value]) => [
    name,
    /^(blocks|metadata)$/.test(name) ? JSON.parse(value) : value,
  ]);
  return Object.fromEntries(entries);
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
