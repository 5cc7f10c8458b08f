import { makeInventory } from '../../src/store/inventory.js';
import { until } from '../support/parts/process.js';
import type { World } from './world.js';

/**
 * All roles beside the engine of the tests, with `LEAKWATCH_EXEC`, an archive in `folder` and ana as the operator. Resolves when these containers
 * are known: who is there is known before anybody is asked.
 */
export async function startWithExec(world: World, folder: string, containers: readonly string[]): Promise<void> {
  const agent = {
    DOCKER_HOST: `unix://${process.env.LEAKWATCH_TEST_DOCKER}`,
    LEAKWATCH_HOST: 'hv-01',
    LEAKWATCH_SAMPLE_SECONDS: '2',
    LEAKWATCH_DATA_DIR: folder,
    LEAKWATCH_EXEC: 'on',
  };
  const { ana } = world.workspace.users;
  await Promise.all([world.start('bot', { LEAKWATCH_OPERATORS: ana }), world.start('agent', agent)]);
  await until('the fleet', 20_000, async () => {
    const known = await world.withRedis(async (redis) =>
      (await makeInventory(redis).all()).map(({ containerName }) => containerName),
    );
    return containers.every((name) => known.includes(name));
  });
  await world.start('worker');
}
