import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { OWN_ALERT_LABEL, OWN_RULE_LABEL } from '../../src/model/alert.js';

/** What docs/alerts.md has for an Alertmanager, put into one as people put it into theirs, and asked by Alertmanager's own tool. */
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [, example = ''] = /```yaml\n(receivers:\n[\s\S]+?)```/.exec(readFileSync('docs/alerts.md', 'utf8')) ?? [];

describe('the routes of docs/alerts.md', () => {
  const { receivers, route } = parse(example);
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(
    config,
    stringify({
      receivers: [...receivers, { name: 'team' }, { name: 'pager' }],
      route: { receiver: 'team', routes: [...route.routes, { matchers: ['severity =~ ".+"'], receiver: 'team' }] },
    }),
  );

  test.each([
    ['a page of ours wakes somebody', ['alertname=MemoryLeak', 'severity=page', `${OWN_ALERT_LABEL}=a1`], 'pager'],
    ['so does what is about Leakwatch itself', ['alertname=LeakwatchBotDown', `${OWN_RULE_LABEL}=itself`], 'pager'],
    [
      "somebody else's alert comes in, and goes where it went",
      ['alertname=ContainerMemoryLeak', 'severity=warning'],
      'leakwatch,team',
    ],
    ['what is no memory stays as it was', ['alertname=DiskFull', 'severity=warning'], 'team'],
  ])('%s', async (_, labels, receiver) => {
    const { stdout } = await promisify(execFile)('amtool', ['config', 'routes', 'test', `--config.file=${config}`, ...labels]);
    expect(stdout.trim()).toBe(receiver);
  });
});
