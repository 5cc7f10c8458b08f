import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { rulesOf } from '../../../src/model/rules.js';
import { type RulesFile, type Watcher, watchFolder, watchRules } from '../../../src/sources/rules/client.js';
import { replica } from '../../support/fleet.js';

const GOOD = 'services: { api: { channel: "#api" } }';
const { service } = replica('api');

let folder: string;
let path: string;
let said: string[];
let file: RulesFile | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leakwatch-rules-'));
  path = join(folder, 'leakwatch.yml');
  said = [];
});
afterEach(() => {
  file?.stop();
  rmSync(folder, { recursive: true });
});

const byHand: Watcher = () => () => {};
const open = async (watcher: Watcher = byHand) => {
  file = await watchRules(path, { say: (level, words) => void said.push(`${level} ${words}`), watcher });
  return file;
};
const channel = (of: RulesFile) => rulesOf(of.now(), service, {}).channel;

test('no file is no error, and it is said where one would be; one that comes is read, one that goes is no rules', async () => {
  const rules = await open();
  const none = `info rules: there is no ${path}, labels alone are heard`;
  expect([channel(rules), rules.warnings(), said]).toEqual([undefined, [], [none]]);
  writeFileSync(path, GOOD);
  await rules.look();
  expect(channel(rules)).toBe('#api');
  rmSync(path);
  await rules.look();
  expect([channel(rules), said]).toEqual([undefined, [none, 'info rules: read', 'info rules: the file is gone']]);
});

test('a bad edit keeps the last good rules, and is said once; mended, nothing is wrong any more', async () => {
  writeFileSync(path, GOOD);
  const rules = await open();
  writeFileSync(path, `${GOOD}\nwatch: { pageHours: many }`);
  await rules.look();
  await rules.look();
  const wrong = 'leakwatch.yml:2:10 pageHours: hours, as 4; the rules before this edit stay.';
  expect([channel(rules), rules.warnings(), said]).toEqual(['#api', [wrong], ['info rules: read', `warn ${wrong}`]]);
  writeFileSync(path, GOOD.replace('#api', '#other'));
  await rules.look();
  expect([channel(rules), rules.warnings()]).toEqual(['#other', []]);
});

test('a file that is bad from the start: said, and the bot starts', async () => {
  writeFileSync(path, 'services: [');
  const rules = await open();
  expect(rules.warnings()).toEqual([expect.stringMatching(/^leakwatch\.yml:\d:\d+ .*no rules apply until it is mended\.$/)]);
  writeFileSync(path, 'services: [ [');
  await rules.look();
  // There were none before this edit either.
  expect(rules.warnings()).toEqual([expect.stringMatching(/no rules apply until it is mended\.$/)]);
});

test('the real folder: an editor puts a new file in place of the old one', async () => {
  writeFileSync(path, GOOD);
  let heard = () => {};
  const event = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const rules = await open((at, happened) =>
    watchFolder(at, () => {
      happened();
      heard();
    }),
  );
  writeFileSync(`${path}.new`, GOOD.replace('#api', '#other'));
  renameSync(`${path}.new`, path);
  await event;
  await rules.look();
  expect(channel(rules)).toBe('#other');
}, 20_000);
