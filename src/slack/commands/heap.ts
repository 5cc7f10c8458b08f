import { personError } from '../../errors.js';
import type { Since } from '../../model/heap-taking.js';
import { PROFILES, type Profile } from '../../model/profiler.js';
import type { ServiceRef } from '../../model/replica.js';
import { plainMessage } from '../../render/plain-message.js';
import { escapeText } from '../../render/text.js';
import { type Ask, answerKey, type Command, execOf, type Reply, type SlackContext, targetOf } from '../ask.js';
import { incidentAsked, serviceOf } from '../incident-of.js';
import { spanMs } from '../parse.js';
import { rawFiles } from '../raw-files.js';

/** Heaps are known for so long. */
const MAX_AGE_MS = 14 * 24 * 3_600_000;
const MOST_FILES = 8;
const HOW = 'Try `/leak heap &lt;service&gt;`, or with `since 2h`, `since deploy`, `since last`';

type Wish = {
  readonly word?: string;
  readonly profile: Profile;
  readonly since: Since;
  readonly personOnly: boolean;
  /** The files that there are; none is taken. */
  readonly raw: boolean;
};

export const heap: Command = {
  name: 'heap',
  usage: 'heap <service> [since 2h]',
  summary: 'which functions grew (also allocs, goroutine; since deploy, last; raw: files)',
  async run(args, ask, context) {
    const { word, profile, since, personOnly, raw } = readArguments(args);
    const service = word === undefined ? await ofThread(ask, context) : await serviceOf(word, '/leak heap', context);
    if (raw) return newestFiles(service, profile, ask, context);
    const target = await targetOf(ask, personOnly, context.replies);
    const may = await execOf(ask, context);
    const wish = { serviceId: service.id, profile, since, why: 'asked', ...may } as const;
    await context.enqueue('heap', { v: 1, ...wish, outboxKey: answerKey(ask), target, askedAtMs: ask.atMs }, { once: ask.once });
    const where = personOnly || ask.threadTs ? '' : await threadWords(service, context);
    const what = profile === 'heap' ? 'a heap' : `\`${profile}\``;
    return { to: 'ack', message: plainMessage(`Taking ${what} of ${escapeText(service.name, 80)}…${where}`) };
  },
};

/** `<service> [heap|allocs|goroutine] [since <age>|deploy|last]`, the kind in any place; a service of such a name comes first. */
function readArguments(args: readonly string[]): Wish {
  const at = args.findIndex((arg) => arg.toLowerCase() === 'since');
  const [words, after] = at < 0 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
  const said = [...words, ...after.slice(1)].filter((arg) => arg.toLowerCase() !== 'private');
  const raw = said.findLastIndex((arg, i) => arg.toLowerCase() === 'raw' && (i > 0 || said.length > 1));
  const rest = said.filter((_, i) => i !== raw);
  const kind = rest.findLastIndex((arg, i) => PROFILES.some((one) => one === arg.toLowerCase()) && (i > 0 || rest.length > 1));
  const names = rest.filter((_, i) => i !== kind);
  if (names.length > 1) throw personError(`One service at a time. ${HOW}.`);
  return {
    ...(names[0] === undefined ? {} : { word: names[0] }),
    profile: (rest[kind]?.toLowerCase() as Profile | undefined) ?? 'heap',
    since: at < 0 ? { kind: 'usual' } : sinceOf(after[0]),
    personOnly: args.some((arg) => arg.toLowerCase() === 'private'),
    raw: raw >= 0,
  };
}

function sinceOf(word: string | undefined): Since {
  const lower = word?.toLowerCase();
  if (lower === 'deploy' || lower === 'last') return { kind: lower };
  const ms = lower === undefined ? null : spanMs(lower);
  if (!ms) throw personError(`Since when? ${HOW}.`);
  if (ms > MAX_AGE_MS) throw personError(`Heaps are known for 14 days. ${HOW}.`);
  return { kind: 'age', ms };
}

/** Those that were taken last, whoever asked for them. */
async function newestFiles({ id, name }: ServiceRef, profile: Profile, ask: Ask, context: SlackContext): Promise<Reply> {
  const taken = (await context.heaps.ofService(id)).filter((heap) => heap.profile === profile);
  if (taken.length > 0) return rawFiles(name, taken.slice(-MOST_FILES), ask, context);
  throw personError(
    `No ${profile} of ${escapeText(name, 80)} was kept in 14 days. \`/leak heap ${escapeText(name, 80)}\` takes one.`,
  );
}

/** In the thread of an incident its service needs no name. */
async function ofThread(ask: Ask, context: SlackContext): Promise<ServiceRef> {
  return (await incidentAsked(undefined, 'heap', ask, context)).service;
}

async function threadWords({ id }: ServiceRef, { incidents }: SlackContext): Promise<string> {
  const [last] = await incidents.ofService(id, 1);
  return last && !last.closed && !last.storm ? ' It comes into the thread of its incident.' : '';
}
