import type { Workspace } from '../test/support/slack/workspace.js';
import { say } from './say.js';
import type { Services } from './services.js';

const ALERT_DEADLINE_MS = 6 * 60_000;
/** A heap to compare with is taken at the start, or a minute later. */
const HEAP_DEADLINE_MS = 2 * 60_000;
const FIX_DEADLINE_MS = 8 * 60_000;
const SAY_EVERY_MS = 15_000;

/**
 * What the bot says by itself: one message when `api-svc` leaks, the thread under it, and *fixed* when a fixed image is out. Gives
 * what was wrong, in sentences; none: all was right.
 */
export async function speaksFirst(workspace: Workspace, services: Services): Promise<string[]> {
  const { ops } = workspace.channels;
  const roots = () => workspace.messages(ops).filter(({ blocks }) => JSON.stringify(blocks).includes('"incident_'));
  const root = () => roots().find(({ text }) => text.includes('api-svc'));
  say('nobody asks any more: leakwatch watches, and speaks first');
  if (
    !(await waiting(
      () => root() !== undefined,
      ALERT_DEADLINE_MS,
      () => 'nothing said yet',
    ))
  )
    return ['api-svc leaks, and leakwatch did not say so by itself'];
  const ts = root()?.ts;
  const thread = () => workspace.messages(ops).filter(({ threadTs }) => threadTs === ts);
  const said = () => thread().at(-1)?.text ?? root()?.text ?? '';
  say(`  leakwatch in #ops, unasked: ${root()?.text}`);

  const grew = () => thread().find(({ text }) => text.includes('orders.'));
  if (!(await waiting(() => grew() !== undefined, HEAP_DEADLINE_MS, said)))
    return [`api-svc is a Go service that leaks, and its thread does not say which function: ${said()}`];
  say(`  in its thread, what grew: ${grew()?.text}`);
  if (!/\+[\d.]+ MiB in .*decode/.test(grew()?.text ?? '')) return [`decode leaks, and first came: ${grew()?.text}`];

  say('ana deploys v1.42.2, which does not leak');
  await services.deployFix();
  const heard = await waiting(() => thread().some(({ text }) => text.includes('v1.42.2')), FIX_DEADLINE_MS, said);
  if (!heard) return ['a new image of api-svc was deployed, and its thread does not say so'];
  say(`  in its thread: ${thread().at(-1)?.text}`);
  const fixed = await waiting(() => /✅.*fixed/.test(root()?.text ?? ''), FIX_DEADLINE_MS, said);
  if (!fixed) return [`api-svc was fixed, and its message says: ${root()?.text}`];
  await waiting(() => thread().some(({ text }) => text.includes('Fixed by')), 20_000, said);
  say(`  the message is now: ${root()?.text}`);
  say(`  in its thread: ${thread().at(-1)?.text}`);

  const others = roots().filter(({ text }) => !text.includes('api-svc'));
  const again = roots().length - others.length - 1;
  return [
    ...others.map(({ text }) => `nothing leaks there, and leakwatch spoke of it: ${text}`),
    ...(again > 0 ? [`api-svc has ${again + 1} messages, one is enough`] : []),
  ];
}

async function waiting(done: () => boolean, deadlineMs: number, now: () => string): Promise<boolean> {
  const from = Date.now();
  let saidMs = from;
  while (!done()) {
    if (Date.now() - from > deadlineMs) return false;
    if (Date.now() - saidMs > SAY_EVERY_MS) {
      saidMs = Date.now();
      say(`  ${Math.round((saidMs - from) / 1000)} s · ${now()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return true;
}
