import { mkdir } from 'node:fs/promises';
import { startEngine } from '../test/support/parts/engine.js';
import { startLeakwatch } from '../test/support/parts/leakwatch.js';
import { freePort } from '../test/support/parts/process.js';
import { startRedis } from '../test/support/parts/redis.js';
import { buildPage } from '../test/support/slack/page/build.js';
import { startWorkspace } from '../test/support/slack/workspace.js';
import { say, saying } from './say.js';
import { startServices } from './services.js';
import { tell } from './story.js';

/**
 * The main job on real containers: a real Docker Engine, a real Redis, the local Slack workspace, `leakwatch start`, and three
 * services of which one leaks. `--once` ends by itself, with exit code 0 only if the answers were right.
 */
const once = process.argv.includes('--once');
const FOLDER = '.demo';
const PAGE_PORT = 4100;
const HOST = 'demo-host';

const parts: { readonly what: string; stop(): Promise<void> }[] = [];
let stopping: Promise<void> | undefined;

/** What was started last goes first: Leakwatch must not see its engine vanish. */
function stopAll(): Promise<void> {
  stopping ??= (async () => {
    say('stopping');
    for (const part of parts.reverse()) await part.stop().catch((error) => say(`${part.what}: ${String(error)}`));
  })();
  return stopping;
}
// Asked twice it stops all the same: npm and the terminal may both pass a signal on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void stopAll().then(() => process.exit(signal === 'SIGINT' ? 130 : 143)));
}

try {
  await mkdir(FOLDER, { recursive: true });
  const engine = await saying('looking for a Docker Engine, or starting one', () => startEngine(say));
  parts.push({ what: 'engine', stop: engine.stop });
  const redis = await saying('starting Redis', () => startRedis());
  parts.push({ what: 'redis', stop: redis.stop });
  const workspace = await saying('building the page and starting the local Slack workspace', async () => {
    await buildPage();
    return startWorkspace({ delivery: 'socket', port: await freePort(PAGE_PORT) });
  });
  parts.push({ what: 'workspace', stop: workspace.stop });
  const services = await saying('building api-svc, cache-svc and log-svc FROM scratch and starting them', () =>
    startServices(engine.socket, say),
  );
  parts.push({ what: 'services', stop: services.stop });
  const leakwatch = await saying('leakwatch start (bot, worker, agent)', () =>
    startLeakwatch(
      {
        SLACK_BOT_TOKEN: workspace.botToken,
        SLACK_APP_TOKEN: workspace.appToken,
        SLACK_API_URL: workspace.apiUrl,
        REDIS_URL: redis.url,
        DOCKER_HOST: `unix://${engine.socket}`,
        LEAKWATCH_HOST: HOST,
        LEAKWATCH_SAMPLE_SECONDS: '2',
        LEAKWATCH_CHANNEL: '#ops',
        LEAKWATCH_DATA_DIR: `${FOLDER}/data`,
      },
      'start',
      `${FOLDER}/leakwatch.log`,
    ),
  );
  parts.push({ what: 'leakwatch', stop: leakwatch.stop });
  say(`the workspace as a page: ${workspace.pageUrl}`);

  const wrong = await tell({ workspace, services, folder: FOLDER });
  for (const problem of wrong) say(`✗ ${problem}`);
  say(wrong.length === 0 ? '✓ all answers were right' : `${wrong.length} answers were wrong; the log is ${FOLDER}/leakwatch.log`);

  if (!once) {
    say(`look at it and type into it: ${workspace.pageUrl} (Ctrl-C ends)`);
    await new Promise((resolve) => leakwatch.child.once('exit', resolve));
    if (!stopping) say(`leakwatch ended; its last words are in ${FOLDER}/leakwatch.log`);
  }
  await stopAll();
  process.exit(wrong.length === 0 ? 0 : 1);
} catch (error) {
  console.error(error);
  await stopAll();
  process.exit(1);
}
