import { personError, worldError } from '../../errors.js';
import type { Watched } from '../../model/incident.js';
import { rulesOfReplicas } from '../../model/rules.js';
import { quietUpTo } from '../../render/not-a-leak.js';
import { plainMessage } from '../../render/plain-message.js';
import { escapeText } from '../../render/text.js';
import { slackClock } from '../../render/times.js';
import type { Ask, Command, Reply, SlackContext } from '../ask.js';
import { serviceEver } from '../incident-of.js';

/** Somebody else (a look of the watch) may have written between our read and our write: read again, at most so often. */
const MAX_TRIES = 5;

export const unwatch: Command = {
  name: 'unwatch',
  usage: 'unwatch <service>',
  summary: 'never speaks of it by itself',
  run: (args, ask, context) =>
    change('unwatch', args, ask, context, async (watched, name) => {
      const { unwatched } = watched;
      if (unwatched)
        throw personError(`${name} is not watched since ${slackClock(unwatched.atMs, ask.atMs)}, by <@${unwatched.by}>.`);
      return {
        watched: { ...watched, unwatched: { by: ask.user, atMs: ask.atMs } },
        said: `${name} is not watched any more, by <@${ask.user}>: I speak of it when asked. Back: \`/leak watch ${name}\`${await openWords(watched, context)}`,
      };
    }),
};

export const watch: Command = {
  name: 'watch',
  usage: 'watch <service>',
  summary: 'speaks of it by itself again',
  run: (args, ask, context) =>
    change('watch', args, ask, context, async ({ unwatched, ...rest }, name, id) => {
      const own = (await context.inventory.all()).filter(({ service }) => service.id === id);
      if (rulesOfReplicas(context.rules.now(), own).ignore)
        throw personError(
          `${name} is ignored, by \`leakwatch.yml\` or a label, so that nobody looks at it. Take that away first.`,
        );
      if (!unwatched) throw personError(`${name} is watched already${quietWords(rest, name)}.`);
      return { watched: rest, said: `${name} is watched again, by <@${ask.user}>${await closedWords(rest, name, context)}` };
    }),
};

/** Nobody looks at it any more, so that nobody would see that it is over: the next round closes it (`incidents/off-watch.ts`). */
async function openWords({ incidentId }: Watched, { incidents }: SlackContext): Promise<string> {
  const found = incidentId ? await incidents.incident(incidentId) : null;
  if (!found || found.value.closed) return '';
  return `. Its incident is closed by that${found.value.level === 'page' ? ', and its page ended' : ''}`;
}

/** Nothing is heard of it, and that is why. */
function quietWords({ state }: Watched, name: string): string {
  if (!state?.quiet) return '';
  return `, and quiet ${quietUpTo(state.quiet)}: somebody said that it is no leak. \`/leak reopen ${name}\` takes that back`;
}

/** It was closed because nobody looked: it may leak as before. */
async function closedWords({ incidentId }: Watched, name: string, { incidents }: SlackContext): Promise<string> {
  const found = incidentId ? await incidents.incident(incidentId) : null;
  if (found?.value.closed?.how !== 'unwatched') return '';
  return `: if it leaks, I say so anew. Its incident was closed when nobody looked; \`/leak reopen ${name}\` goes on with it`;
}

type Changed = { readonly watched: Watched; readonly said: string };

async function change(
  command: string,
  args: readonly string[],
  ask: Ask,
  context: SlackContext,
  to: (watched: Watched, name: string, id: string) => Promise<Changed>,
): Promise<Reply> {
  const [word, ...more] = args;
  if (word === undefined || more.length > 0) throw personError(`Which one service? \`/leak ${command} &lt;service&gt;\`.`);
  const { id, name } = await serviceEver(word, `/leak ${command}`, context, ask.atMs);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const { version, value } = await context.incidents.watched(id);
    const { watched, said } = await to(value, escapeText(name, 80), id);
    // Looked at in the next round: what is calm, or off the watch, may have minutes until then.
    const kept = await context.incidents.commit({ serviceId: id, watched: { version, value: watched }, nextMs: ask.atMs });
    if (kept) return { to: 'place', message: plainMessage(said) };
  }
  throw worldError(`The watch is busy with ${escapeText(name, 80)}`);
}
