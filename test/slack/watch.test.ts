import { expect, test } from '@jest/globals';
import type { Watched } from '../../src/model/incident.js';
import { unwatch, watch } from '../../src/slack/commands/watch.js';
import { replica } from '../support/fleet.js';
import { ask, NOW, slackContext } from '../support/slack-context.js';

const MIB = 2 ** 20;

/** Somebody wants it to be spoken of; `labels` of its container, and what the watch knows of it. */
async function asked(command: typeof watch, value: Watched, labels: Record<string, string> = {}) {
  const { context } = slackContext([replica('shop/api-svc', 1, { labels }), replica('shop/cart')]);
  const incidents = { ...context.incidents, watched: async () => ({ version: 1, value }) };
  return command
    .run(['api-svc'], ask(), { ...context, incidents })
    .then(({ message }) => message.text)
    .catch((error: Error) => error.message);
}
const off: Watched = { state: null, unwatched: { by: 'U9', atMs: NOW } };

test('one that is ignored is not said to be watched, and by which of the two it is kept quiet', async () => {
  const ignored = { 'leakwatch.ignore': 'true' };
  const words = 'api-svc is ignored, by `leakwatch.yml` or a label, so that nobody looks at it. Take that away first.';
  expect(await asked(watch, { state: null }, ignored)).toBe(words);
  expect(await asked(watch, off, ignored)).toBe(words);
  expect(await asked(unwatch, { state: null }, ignored)).toContain('is not watched any more');
});

test('one that somebody called no leak is watched, and why it is quiet all the same', async () => {
  const quiet = { ceilingBytes: 400 * MIB, bytesPerHour: null, images: [], newImages: [] };
  const state = { lookedMs: NOW, quick: 0, slow: 0 };
  expect(await asked(watch, { state })).toBe('api-svc is watched already.');
  expect(await asked(watch, { state: { ...state, quiet } })).toBe(
    'api-svc is watched already, and quiet up to 400 MiB a replica: somebody said that it is no leak. `/leak reopen api-svc` takes that back.',
  );
  const faster = { ...quiet, bytesPerHour: 60 * MIB };
  expect(await asked(watch, { state: { ...state, quiet: faster } })).toContain('quiet up to 400 MiB a replica and 60 MiB/h:');
});
