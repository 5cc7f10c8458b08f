import { Agent } from 'node:http';
import { connect, type NetConnectOpts } from 'node:net';
import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { LeakwatchError, worldError } from '../../errors.js';
import { type Dial, urlOf } from './addresses.js';

/** What a server that anybody may have written is given. */
export type FetchLimits = {
  /** Until there is a connection: packets to a network that is cut off are dropped without a word. */
  readonly connectMs: number;
  /** For all of it, last byte included. */
  readonly wholeMs: number;
  readonly mostBytes: number;
  /** More is left unread; else it is refused. */
  readonly isCut?: true;
};

/** `isPprof`: the words of its body are Go's own. */
export type Answer = { readonly status: number; readonly isPprof: boolean; readonly body: Buffer };

/** There is no connection: nobody listens there, or no way leads there. */
const NOBODY = new Set(['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'ETIMEDOUT']);

/**
 * One GET, to these digits and nowhere else: no redirects, no proxy, no names to look up, no cookies, no packing but pprof's own. The
 * time limit is for all of the body (axios' own is for a pause in it). Null: nobody is there. Throws a world's error whose sentence
 * goes behind a name.
 */
export async function fetchOnce(dial: Dial, path: string, limits: FetchLimits, signal: AbortSignal): Promise<Answer | null> {
  const ours = new AbortController();
  const end = () => ours.abort(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  const timer = setTimeout(
    () => ours.abort(worldError(`does not send a whole answer in ${limits.wholeMs / 1000} s`)),
    limits.wholeMs,
  );
  const agent = agentOf(limits.connectMs);
  try {
    signal.throwIfAborted();
    const response = await axios.get<Readable>(urlOf(dial, path), {
      ...{ responseType: 'stream', decompress: false, maxRedirects: 0, proxy: false, signal: ours.signal, httpAgent: agent },
      ...{ validateStatus: () => true, headers: { Accept: '*/*', 'Accept-Encoding': 'identity' } },
    });
    return await answerOf(response, limits, ours.signal);
  } catch (error) {
    if (ours.signal.aborted) throw ours.signal.reason;
    if (error instanceof LeakwatchError) throw error;
    return nobodyOr(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    agent.destroy();
  }
}

/** A connection of its own for each request, so that none is left open. */
function agentOf(connectMs: number): Agent {
  const agent = new Agent({ keepAlive: false });
  agent.createConnection = (options) => {
    const socket = connect(options as NetConnectOpts);
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' })), connectMs);
    const stop = () => clearTimeout(timer);
    socket.once('connect', stop).once('close', stop);
    return socket;
  };
  return agent;
}

async function answerOf(
  response: AxiosResponse<Readable>,
  { mostBytes, isCut }: FetchLimits,
  signal: AbortSignal,
): Promise<Answer> {
  const { status, headers, data } = response;
  const stop = () => data.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const packed = headers['content-encoding'];
    if (packed !== undefined && packed !== 'identity')
      throw worldError('packs its answer (Content-Encoding), which was not asked for');
    if (!isCut && Number(headers['content-length']) > mostBytes) throw tooLarge(mostBytes);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of data as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (!isCut && bytes > mostBytes) throw tooLarge(mostBytes);
      chunks.push(chunk);
      if (bytes > mostBytes) break;
    }
    signal.throwIfAborted();
    return { status, isPprof: headers['x-go-pprof'] === '1', body: Buffer.concat(chunks) };
  } finally {
    signal.removeEventListener('abort', stop);
    data.destroy();
  }
}

function tooLarge(mostBytes: number): LeakwatchError {
  return worldError(`sends more than ${mostBytes / 2 ** 20} MiB`);
}

function nobodyOr(error: unknown): null {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (NOBODY.has(code)) return null;
  if (code.startsWith('HPE_')) throw worldError('answers with something that is not HTTP', error);
  throw worldError(`broke off in the middle (${/^[A-Z_]{3,40}$/.test(code) ? code : 'connection lost'})`, error);
}
