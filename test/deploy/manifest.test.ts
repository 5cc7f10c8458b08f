import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { isScalar, parse, parseDocument, visit } from 'yaml';
import { ATTACH_EVIDENCE } from '../../src/render/attach-evidence.js';

const text = readFileSync('manifest.yml', 'utf8');
const validate = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync('test/golden/slack/manifest.schema.json', 'utf8')));
const problems = (manifest: unknown) =>
  validate(manifest) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

/** Slack's own list of scopes and events, as its SDK publishes it. */
const known = readFileSync('node_modules/@slack/web-api/dist/types/request/manifest.d.ts', 'utf8');

test('the manifest is as Slack publishes that manifests are', () => expect(problems(parse(text))).toEqual([]));

test('the schema does refuse: a command without its slash, a shortcut with too long a name, a field that is not there', () => {
  const broken = parse(text);
  broken.features.slash_commands[0].command = 'leak';
  broken.features.shortcuts = [{ name: 'x'.repeat(25), type: 'message', callback_id: 'a', description: 'b' }];
  broken.settings.request_url = 'https://a.example';
  expect(problems(broken)).toHaveLength(3);
});

test('every shortcut is one that the bot answers', () => {
  expect(parse(text).features.shortcuts.map((shortcut: { callback_id: string }) => shortcut.callback_id)).toEqual([
    ATTACH_EVIDENCE,
  ]);
});

test('every scope and event is one that Slack knows', () => {
  const {
    oauth_config: { scopes },
    settings,
  } = parse(text);
  for (const name of [...scopes.bot, ...scopes.bot_optional, ...settings.event_subscriptions.bot_events]) {
    expect(known).toContain(`'${name}'`);
  }
});

test('it has the home tab, and what tells of its being opened', () => {
  const { features, settings } = parse(text);
  expect(features.app_home).toEqual({ home_tab_enabled: true, messages_tab_enabled: false });
  expect(settings.event_subscriptions.bot_events).toEqual(['app_mention', 'file_shared', 'app_home_opened']);
});

test('every scope says why it is asked for', () => {
  const unexplained: unknown[] = [];
  const document = parseDocument(text);
  visit(document.getIn(['oauth_config', 'scopes'], true) as never, {
    Seq(_, seq) {
      for (const item of seq.items) if (isScalar(item) && !item.comment && !item.commentBefore) unexplained.push(item.value);
      return visit.SKIP;
    },
  });
  // The first optional one has its reason above it, where the YAML parser files it under the list.
  expect(unexplained.filter((scope) => scope !== 'channels:history')).toEqual([]);
});
