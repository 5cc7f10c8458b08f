import { writeFile } from 'node:fs/promises';
import type { Workspace } from '../test/support/slack/workspace.js';
import { anonBytes, slopeBytesPerHour, type Track } from './cgroup.js';
import { speaksFirst } from './incident.js';
import { judgeRate, rateOf } from './judge.js';
import { say } from './say.js';
import type { Services } from './services.js';

/** A leak of this size is decided in two to three minutes; a slow machine may take longer. */
const VERDICT_DEADLINE_MS = 8 * 60_000;
const LOOK_EVERY_MS = 2_000;
const SAY_EVERY_MS = 6_000;
const MIB = 2 ** 20;

/**
 * What a person would type in an incident, and what comes back. Gives what was wrong with the answers, in sentences; none:
 * all were right.
 */
export async function tell({
  workspace,
  services,
  folder,
}: {
  workspace: Workspace;
  services: Services;
  folder: string;
}): Promise<string[]> {
  const wrong: string[] = [];
  const tracks = services.containers
    .filter(({ service }) => service === 'api-svc')
    .map(({ id, name }): Track & { name: string } => ({ containerId: id, name, points: [] }));
  const begunMs = Date.now();
  const looking = setInterval(() => {
    for (const track of tracks) {
      const bytes = anonBytes(track.containerId);
      if (bytes !== null) track.points.push([Date.now(), bytes]);
    }
  }, LOOK_EVERY_MS);

  try {
    for (const service of ['api-svc', 'cache-svc', 'log-svc']) await type(workspace, `check ${service}`);
    say('what is not known yet is said so; the same message is edited when it is');
    const leaking = await answerOf(workspace, 'api-svc', tracks, (text) => text.includes('leaking'));
    const measured = tracks.map(({ points }) => slopeBytesPerHour(points, begunMs));
    if (leaking?.includes('leaking')) wrong.push(...judgeRate(rateOf(leaking), measured));
    else wrong.push(`api-svc leaks, and the answer was: ${firstLine(leaking)}`);

    for (const service of ['cache-svc', 'log-svc']) {
      const answer = await answerOf(workspace, service, tracks, (text) => !/can.t tell/.test(text));
      if (!answer?.includes('stable')) wrong.push(`${service} is stable, and the answer was: ${firstLine(answer)}`);
    }
    await type(workspace, 'top');
    const top = await answerOf(workspace, 'out of memory first', tracks, (text) => text.includes('api-svc'));
    if (!top) wrong.push('/leak top did not name api-svc');

    const misspelt = await type(workspace, 'check api-scv');
    if (
      !misspelt.includes('No "api-scv"') ||
      !JSON.stringify(workspace.ephemerals(workspace.users.ana)).includes('check_service')
    )
      wrong.push(`a misspelt name was not answered with what is near: ${misspelt}`);

    wrong.push(...(await keepCharts(workspace, folder)));
    wrong.push(...(await speaksFirst(workspace, services)));
  } finally {
    clearInterval(looking);
  }
  console.log(`\n${workspace.transcript(workspace.channels.ops)}\n`);
  return wrong;
}

/** Types a command as ana in #ops; gives the acknowledgement's text. */
async function type(workspace: Workspace, text: string): Promise<string> {
  say(`ana in #ops: /leak ${text}`);
  const { body, error, ms } = await workspace.command({ user: workspace.users.ana, channel: workspace.channels.ops, text });
  const words = String((body as { text?: string } | null)?.text ?? error ?? '');
  say(`  (only ana sees it, after ${Math.round(ms)} ms) ${words}`);
  return words;
}

/** Waits for the bot's newest message about something to be as wanted, and says meanwhile what it is and how memory grows. */
async function answerOf(
  workspace: Workspace,
  about: string,
  tracks: readonly (Track & { name: string })[],
  wanted: (text: string) => boolean,
): Promise<string | undefined> {
  const from = Date.now();
  let saidMs = 0;
  for (;;) {
    const text = workspace
      .messages(workspace.channels.ops)
      .findLast((message) => !message.threadTs && message.text.includes(about))?.text;
    if (text && wanted(text)) {
      say(`  leakwatch in #ops: ${firstLine(text)}`);
      return text;
    }
    if (Date.now() - from > VERDICT_DEADLINE_MS) return text;
    if (Date.now() - saidMs > SAY_EVERY_MS) {
      saidMs = Date.now();
      const memory = tracks.map(({ name, points }) => `${name} ${((points.at(-1)?.[1] ?? 0) / MIB).toFixed(0)} MiB`).join(', ');
      say(`  ${memory} · the message says: ${firstLine(text) || '(nothing yet)'}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Waits for the picture of each card, the one that shows its verdict, and keeps it where it can be opened. */
async function keepCharts(workspace: Workspace, folder: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const [service, verdict] of Object.entries({ 'api-svc': 'leaking', 'cache-svc': 'stable', 'log-svc': 'stable' })) {
    try {
      const bytes = await workspace.waitFor(() => chartOf(workspace, service, verdict), 30_000, `the chart of ${service}`);
      await writeFile(`${folder}/${service}.png`, bytes);
      say(`  chart: ${folder}/${service}.png (${Math.round(bytes.length / 1024)} KB)`);
    } catch (error) {
      wrong.push(String(error));
    }
  }
  return wrong;
}

function chartOf(workspace: Workspace, service: string, verdict: string): Uint8Array | undefined {
  for (const { text, blocks } of workspace.messages(workspace.channels.ops)) {
    const picture = blocks.find(({ type, alt_text }) => type === 'image' && String(alt_text).includes(verdict));
    if (text.includes(service) && picture) return workspace.fileBytes((picture.slack_file as { id: string }).id);
  }
  return undefined;
}

function firstLine(text: string | undefined): string {
  return text?.split('\n')[0] ?? '';
}
