import type { SlackContext } from './ask.js';

/** Who opens the tab again within this sees what was made for the first time. */
const AGAIN_MS = 10_000;

/** Somebody opened the home tab: has it made, once however often they open it within ten seconds. */
export async function homeOpened(user: string, atMs: number, { enqueue }: Pick<SlackContext, 'enqueue'>): Promise<void> {
  await enqueue('home', { v: 1, user }, { once: `${user} ${Math.floor(atMs / AGAIN_MS)}`, collapse: user });
}
