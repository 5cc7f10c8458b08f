import { personError, withDeadline } from '../errors.js';
import { heapName, type TakenHeap } from '../model/heap-taking.js';
import { operatorsOnly, type RawFile, rawFilesMessage } from '../render/raw-files.js';
import type { Ask, Reply, SlackContext } from './ask.js';

/** A course has ten at most. */
const MOST = 10;
/** A bucket is asked for each; Slack waits three seconds for all of it. */
const LINKS_MS = 1_500;

/** Links to heaps as they were sent, told to the operator who asks and to nobody else, and kept nowhere. Throws a person's error to all others, and where none can be made. */
export async function rawFiles(
  service: string,
  heaps: readonly TakenHeap[],
  ask: Ask,
  { isOperator, operators, rawLinks, log }: SlackContext,
): Promise<Reply> {
  if (!(await isOperator(ask.user))) throw personError(operatorsOnly(operators));
  const asked = heaps.slice(-MOST);
  const links = await withDeadline(LINKS_MS, 'The archive', () =>
    Promise.all(asked.map((heap) => rawLinks.of(heapName(heap), ask.user))),
  );
  const files = asked.flatMap((heap, i): RawFile[] => [{ heap, url: links[i]?.url ?? null }]);
  const untilMs = links.find((link) => link !== null)?.untilMs ?? null;
  log.info({ user: ask.user, heaps: asked.map(heapName) }, 'links to raw heaps were given');
  return { to: 'person', message: rawFilesMessage(service, files, untilMs, ask.atMs) };
}
