import { LeakwatchError, worldError } from '../../errors.js';
import { type Profile, type Profiler, USUAL_PATH } from '../../model/profiler.js';
import { dialsOf } from './addresses.js';
import { decodeFacts } from './decode-facts.js';
import { type Answer, type FetchLimits, fetchOnce } from './fetch.js';
import { looksLike } from './not-a-profile.js';

const MIB = 2 ** 20;
/** A heap of a large service has 20 MB; the agent holds it as a whole, and two takes of it before V8 collects the first. */
const PROFILE: FetchLimits = { connectMs: 2_000, wholeMs: 35_000, mostBytes: 24 * MIB };
/** Asked without being told to: a page of links and nothing more. */
const INDEX: FetchLimits = { connectMs: 1_000, wholeMs: 3_000, mostBytes: 256 * 1024 };
/** Its first line; how many stacks follow is nobody's concern. */
const HEAD: FetchLimits = { connectMs: 1_000, wholeMs: 5_000, mostBytes: 4_096, isCut: true };
/** What it ends with; of services whose text is longer, it is done without. */
const TEXT: FetchLimits = { connectMs: 1_000, wholeMs: 10_000, mostBytes: 8 * MIB };
/** More ports than that are no service that somebody wrote. */
const MOST_PORTS = 10;
/** Of a heap, what is held after a collection: without it, garbage counts as held (profile-facts §1.5). */
const QUERY: Readonly<Record<Profile, string>> = { heap: '?gc=1', allocs: '?gc=1', goroutine: '', goroutineleak: '' };
const GZIP_MAGIC = 0x1f8b;

export type ProfilerLimits = { readonly [of in 'profile' | 'index' | 'head' | 'text']: FetchLimits };

/** Go's `net/http/pprof`, on the addresses of a container. */
export function makeProfiler(limits: ProfilerLimits = { profile: PROFILE, index: INDEX, head: HEAD, text: TEXT }): Profiler {
  return {
    async find(addresses, signal) {
      for (const port of addresses.exposed.slice(0, MOST_PORTS)) {
        for (const dial of dialsOf(addresses, port)) {
          const answer = await fetchOnce(dial, `${USUAL_PATH}/`, limits.index, signal).catch(unlessOurs);
          if (answer) {
            if (isIndex(answer)) return { port, path: USUAL_PATH };
            break;
          }
        }
      }
      return null;
    },
    async fetch(addresses, { port, path }, profile, signal) {
      for (const dial of dialsOf(addresses, port)) {
        const answer = await fetchOnce(dial, `${path}/${profile}${QUERY[profile]}`, limits.profile, signal).catch(
          sayingWho(port),
        );
        if (answer) return profileOf(answer, port, path, profile);
      }
      return null;
    },
    async facts(addresses, { port, path }, signal) {
      const ask = async (query: string, of: FetchLimits) => {
        for (const dial of dialsOf(addresses, port)) {
          const answer = await fetchOnce(dial, `${path}/${query}`, of, signal).catch(unlessOurs);
          if (answer) return answer.status === 200 ? answer.body : null;
        }
        return null;
      };
      return decodeFacts(await ask('goroutine?debug=1', limits.head), await ask('heap?debug=1', limits.text));
    },
  };
}

function unlessOurs(error: unknown): null {
  if (error instanceof LeakwatchError) return null;
  throw error;
}

function sayingWho(port: number) {
  return (error: unknown): never => {
    if (error instanceof LeakwatchError) throw worldError(`port ${port} ${error.message}`, error);
    throw error;
  };
}

/** The index of `net/http/pprof` links its profiles by name. */
function isIndex({ status, body }: Answer): boolean {
  const text = body.toString('latin1');
  return status === 200 && /\bgoroutine\b/.test(text) && /\bheap\?debug=/.test(text);
}

function profileOf({ status, isPprof, body }: Answer, port: number, path: string, profile: Profile): Buffer {
  const where = `port ${port}`;
  if (status === 200) {
    if (body.length === 0) throw worldError(`${where} answers with nothing at all`);
    if (body.length >= 2 && body.readUInt16BE(0) === GZIP_MAGIC) return body;
    const look = looksLike(body);
    if (look) throw worldError(`what ${where} sends ${look}`);
    return body;
  }
  if (isPprof) throw worldError(`pprof on ${where} says: ${wordsOf(body)}`);
  if (status === 404) throw worldError(`${where} has no ${path}/${profile} (404)`);
  if (status === 401 || status === 403) throw worldError(`${where} asks for a password (${status})`);
  if (status >= 300 && status < 400) throw worldError(`${where} answers with a redirect (${status}), which is not followed`);
  throw worldError(`${where} answers with ${status}`);
}

/** Go's own sentence: its first line, what can be seen of it. */
function wordsOf(body: Buffer): string {
  const [line = ''] = body.toString('utf8', 0, 400).split('\n');
  return line
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim()
    .slice(0, 160);
}
