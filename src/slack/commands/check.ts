import { personError } from '../../errors.js';
import { isSilent } from '../../model/host.js';
import type { Replica, ServiceRef } from '../../model/replica.js';
import { checking } from '../../render/checking.js';
import { noSuchService } from '../../render/no-such-service.js';
import { type PickEntry, pickService } from '../../render/pick-service.js';
import { suggest } from '../../render/suggest.js';
import { escapeText } from '../../render/text.js';
import { type Ask, answerKey, type Command, type Reply, type SlackContext, targetOf } from '../ask.js';
import { type Choice, encodeChoice } from '../choice.js';
import { parseWindow } from '../parse.js';
import { resolveService, servicesOf, withElsewhere } from '../resolve.js';

type Wish = Omit<Choice, 'serviceId'>;

export const check: Command = {
  name: 'check',
  usage: 'check <service> [14d]',
  summary: 'leaking? since when? why? (… private: only you see it)',
  async run(args, ask, context) {
    const { word, wish } = readArguments(args, ask);
    const replicas = await context.inventory.all();
    const services = servicesOf(replicas);
    if (!word) return { to: 'person', message: pickService('Which service?', entries(services, replicas, wish)) };

    const resolved = resolveService(word, replicas);
    if (resolved.kind === 'found') return startCheck(resolved.service, resolved.replicas, wish, ask, context);
    if (resolved.kind === 'ambiguous') return whichOne(word, resolved.services, replicas, wish);
    const elsewhere = await context.elsewhere.all();
    const told = resolveService(word, elsewhere);
    if (told.kind === 'found') return startCheck(told.service, told.replicas, wish, ask, context);
    if (told.kind === 'ambiguous') return whichOne(word, told.services, elsewhere, wish);
    const hosts = await context.hosts.all();
    const all = withElsewhere(replicas, elsewhere);
    const names = suggest(word, [...new Set(all.map(({ service }) => service.name))]);
    const near = names.flatMap((name) => servicesOf(all).filter((service) => service.name === name));
    return {
      to: 'person',
      message: noSuchService({
        word,
        nowMs: ask.atMs,
        elsewhere: elsewhere.length > 0,
        suggestions: entries(near, all, wish),
        services: services.length,
        hosts: hosts.map((host) => ({ name: host.host, ...(isSilent(host, ask.atMs) ? { silentSinceMs: host.seenAtMs } : {}) })),
      }),
    };
  },
};

function whichOne(word: string, services: readonly ServiceRef[], replicas: readonly Replica[], wish: Wish): Reply {
  const question = `"${word}" is ${services.length} services. Which one?`;
  return { to: 'person', message: pickService(question, entries(services, replicas, wish)) };
}

/** Enqueues the check, once however often the request is delivered, and says that it has begun. */
export async function startCheck(
  service: ServiceRef,
  replicas: readonly Replica[],
  wish: Wish,
  ask: Ask,
  { enqueue, replies }: SlackContext,
  more: { readonly collects?: true } = {},
): Promise<Reply> {
  const target = await targetOf(ask, wish.private ?? false, replies);
  const asked = {
    serviceId: service.id,
    askedBy: ask.user,
    askedAtMs: ask.atMs,
    ...more,
    ...(wish.windowMs ? { windowMs: wish.windowMs } : {}),
  };
  await enqueue('check', { v: 1, outboxKey: answerKey(ask), target, round: 0, ...asked }, { once: ask.once });
  const hosts = new Set(replicas.map((replica) => replica.host)).size;
  return { to: 'ack', message: checking(service.name, replicas.length, hosts) };
}

function readArguments(args: readonly string[], ask: Ask): { word: string | undefined; wish: Wish } {
  const words: string[] = [];
  let windowMs: number | undefined;
  let personOnly = false;
  for (const arg of args) {
    const window = parseWindow(arg);
    if (arg.toLowerCase() === 'private') personOnly = true;
    else if (window !== null) windowMs = window;
    else words.push(arg);
  }
  if (words.length > 1) {
    const [first, ...others] = words.slice(0, 3).map((one) => escapeText(one, 80));
    throw personError(
      `One service at a time: I read ${words.length} (${[first, ...others].join(', ')}). Try \`/leak check ${first}\`.`,
    );
  }
  const wish = { private: personOnly, ...(windowMs ? { windowMs } : {}), ...(ask.threadTs ? { threadTs: ask.threadTs } : {}) };
  return { word: words[0], wish };
}

/** Choices for a question: project and number of replicas tell services of the same name apart. */
export function entries(services: readonly ServiceRef[], replicas: readonly Replica[], wish: Wish): PickEntry[] {
  return services.map((service) => ({
    name: service.name,
    replicas: replicas.filter((replica) => replica.service.id === service.id).length,
    value: encodeChoice({ ...wish, serviceId: service.id }),
    ...(service.project ? { project: service.project } : {}),
  }));
}
