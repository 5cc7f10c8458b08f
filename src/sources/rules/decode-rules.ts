import picomatch from 'picomatch';
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { pprofPlace } from '../../model/profiler.js';
import { CHANNEL, NO_RULES, type Rules, type ServiceEntry, type ServiceRules } from '../../model/rules.js';

/** Problems in sentences, each with its line and column: `leakwatch.yml:4:14 …`. */
export class RulesError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'RulesError';
    this.problems = problems;
  }
}

/** A file that says more about more services than people write by hand is not one of ours. */
const MAX_BYTES = 256 * 1024;
const MAX_ENTRIES = 2_000;

const text = (what: string) => z.string({ error: what }).min(1, what).max(200, `${what}; at most 200 characters`);
const SHOULD_BE_PPROF = 'pprof: a port, or port and path, as 8081 or ":8081/debug/pprof"';
const serviceKeys = {
  channel: z
    .string({ error: 'channel: an id or a name in quotes, as C0123456789 or "#ops"' })
    .regex(CHANNEL, 'channel: an id or a name in quotes, as C0123456789 or "#ops"')
    .exactOptional(),
  owner: text('owner: a member or usergroup id, or a name, as U0123456789').exactOptional(),
  ignore: z.boolean({ error: 'ignore: true or false' }).exactOptional(),
  pprof: z
    .union([z.number(), z.string()], { error: SHOULD_BE_PPROF })
    .transform(String)
    .refine((place) => pprofPlace(place) !== null, SHOULD_BE_PPROF)
    .exactOptional(),
  massif: text('massif: a path in the container, as /var/massif/*.out').exactOptional(),
  heap: text('heap: a path in the container, as /var/heaps/*.heap').exactOptional(),
  job: text('job: the job that Prometheus scrapes its metrics as, as orders').exactOptional(),
};
/** Keys that are all commented out leave a section that is there and empty: nothing is said by it. */
const orNothing = <T extends z.ZodType>(section: T) => z.preprocess((value) => value ?? {}, section);
const serviceRules = orNothing(
  z.strictObject(serviceKeys, { error: `keys are expected here: ${Object.keys(serviceKeys).join(', ')}` }),
) satisfies z.ZodType<ServiceRules>;

const SHOULD_BE_GLOBS = 'services: a glob with its keys below it, as "shop/*": { channel: "#shop" }';
const globs = z.record(z.string().min(1).max(300), serviceRules, { error: SHOULD_BE_GLOBS });
const services = orNothing(z.union([globs, z.array(globs)], { error: SHOULD_BE_GLOBS }));
const SHOULD_BE_TIME = 'digestAt: a time of day, as "09:00", or off';
const SHOULD_BE_ZONE = 'timezone: a name as Europe/Berlin or UTC';
const watchKeys = {
  pageHours: z
    .number({ error: 'pageHours: hours, as 4' })
    .positive('pageHours: more than 0, as 4')
    .max(72, 'pageHours: at most 72')
    .default(NO_RULES.watch.pageHours),
  digestAt: z
    .string({ error: SHOULD_BE_TIME })
    .regex(/^((?:[01]?\d|2[0-3]):[0-5]\d|off)$/, SHOULD_BE_TIME)
    .default(NO_RULES.watch.digestAt),
  timezone: z
    .string({ error: SHOULD_BE_ZONE })
    .max(64, SHOULD_BE_ZONE)
    .refine(isZone, { error: SHOULD_BE_ZONE })
    .default(NO_RULES.watch.timezone),
};
const watch = orNothing(z.strictObject(watchKeys, { error: `watch: keys below it: ${Object.keys(watchKeys).join(', ')}` }));
const sections = {
  defaults: serviceRules.exactOptional(),
  services: services.exactOptional(),
  watch: watch.exactOptional(),
};
const file = z.strictObject(sections, { error: `is no rules file: ${Object.keys(sections).join(', ')} are at its top` });

/**
 * `leakwatch.yml` → rules. An empty file is no rules. Throws `RulesError` with every problem. Globs are of `picomatch`, over a
 * service's id (`shop/api-svc`) and its name (`api-svc`); `*` alone names every service, in a project or not.
 */
export function decodeRules(source: string, name = 'leakwatch.yml'): Rules {
  if (Buffer.byteLength(source) > MAX_BYTES) throw new RulesError([`${name}:1:1 is over ${MAX_BYTES / 1024} KiB: no rules file`]);
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  if (document.errors.length > 0) throw new RulesError(document.errors.map(({ pos, message }) => `${at(pos[0])} ${message}`));
  const value = plainOf(document, at);
  if (value === null || value === undefined) return NO_RULES;
  const read = file.safeParse(value);
  if (!read.success) {
    const issues = read.error.issues.flatMap(deepest).map(({ path, message }) => ({ offset: offsetOf(document, path), message }));
    // As they stand in the file.
    throw new RulesError(issues.toSorted((a, b) => a.offset - b.offset).map(({ offset, message }) => `${at(offset)} ${message}`));
  }
  const { defaults = {}, services: named = {}, watch: policy = NO_RULES.watch } = read.data;
  const entries = (Array.isArray(named) ? named : [named]).flatMap((one) => Object.entries(one));
  if (entries.length > MAX_ENTRIES) throw new RulesError([`${name}:1:1 services: more than ${MAX_ENTRIES} entries`]);
  return { defaults, services: entries.map(([pattern, rules]) => entryOf(pattern, rules)), watch: policy };
}

/** Node knows which there are; it says so by throwing. */
function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function entryOf(pattern: string, rules: ServiceRules): ServiceEntry {
  const matches = picomatch(pattern, { dot: true });
  return { rules, matches: ({ id, name }) => pattern === id || pattern === name || matches(id) || matches(name) };
}

/** Aliases that multiply (`&a [*a, *a]`) are refused by `yaml` here. */
function plainOf(document: Document, at: (offset: number) => string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new RulesError([`${at(0)} ${error instanceof Error ? error.message : String(error)}`]);
  }
}

type Problem = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Of the forms that `services` may have, the one that came nearest: its problems lie deepest. */
function deepest(issue: z.core.$ZodIssue, _index = 0, _all: unknown = [], above: readonly PropertyKey[] = []): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: `${key}: ${instead(path)}` }));
  if (issue.code !== 'invalid_union') return [{ path, message: issue.message }];
  const forms = issue.errors.map((errors) => errors.flatMap((one) => deepest(one, 0, [], path)));
  const depth = (problems: Problem[]) => Math.max(0, ...problems.map((problem) => problem.path.length));
  const best = forms.toSorted((a, b) => depth(b) - depth(a))[0] ?? [];
  return depth(best) > path.length ? best : [{ path, message: issue.message }];
}

function instead(path: readonly PropertyKey[]): string {
  const keys = path.length === 0 ? sections : path[0] === 'watch' ? watchKeys : serviceKeys;
  return `no such key; there are ${Object.keys(keys).join(', ')}`;
}

/** Where a value stands; where it is missing, what it is missing from. A key that must not be there: the key itself. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path[length - 1]));
      if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
