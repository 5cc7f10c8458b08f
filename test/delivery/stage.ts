import { afterAll, afterEach } from '@jest/globals';
import { ownDatabase } from '../support/parts/redis.js';
import { type Harness, type HarnessOptions, makeHarness } from './harness.js';
import { startSlackServer } from './slack-server.js';

/** For a test file: one Slack and one database, both emptied after each test, and deliveries on them (another `apiUrl`: another Slack). */
export async function useStage() {
  const database = await ownDatabase();
  const slack = await startSlackServer();
  const open: Harness[] = [];
  afterEach(async () => {
    for (const harness of open.splice(0)) {
      await harness.redis.flushdb();
      await harness.close();
    }
    slack.reset();
  });
  afterAll(async () => {
    await slack.close();
    await database.close();
  });
  return {
    slack,
    async start(options: HarnessOptions = {}, apiUrl = slack.apiUrl): Promise<Harness> {
      const harness = await makeHarness(database.url, apiUrl, options);
      open.push(harness);
      return harness;
    },
  };
}
