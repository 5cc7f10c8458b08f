import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig, VARIABLES } from '../src/config.js';

const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1-2-abc', SLACK_APP_TOKEN: 'xapp-1-A-2-abc' };
const problems = (env: NodeJS.ProcessEnv, ...roles: Parameters<typeof readConfig>[1]) => {
  try {
    readConfig(env, roles);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('problems', () => {
  test('all at once, one line each: name, what is wrong, an example', () => {
    const found = problems({ REDIS_URL: 'localhost', PORT: 'http', LEAKWATCH_SAMPLE_SECONDS: '0' }, 'bot', 'worker', 'agent');
    expect(found).toHaveLength(5);
    for (const line of found) expect(line).toMatch(/^[A-Z_]+ .+\. Example: [A-Z_]+=/);
    expect(found.map((line) => line.split(' ')[0]).sort()).toEqual([
      'LEAKWATCH_SAMPLE_SECONDS',
      'PORT',
      'REDIS_URL',
      'SLACK_APP_TOKEN',
      'SLACK_BOT_TOKEN',
    ]);
  });
  test('a value that is wrong is not repeated: it may be a secret', () => {
    expect(problems({ ...SLACK, SLACK_BOT_TOKEN: 'hunter2' }, 'bot').join()).not.toContain('hunter2');
  });
  test('a password with a % that stands for nothing is a problem, not an error of ours; a right one is a secret as it is and as it is meant', () => {
    expect(problems({ REDIS_URL: 'redis://:100%safe@redis:6379' }, 'agent')).toEqual([
      'REDIS_URL has a % that stands for nothing: in a name or password it is written %25. Example: REDIS_URL=redis://127.0.0.1:6379/0',
    ]);
    expect(readConfig({ REDIS_URL: 'redis://:100%25safe@redis:6379' }, ['agent']).secrets).toEqual(['100%safe', '100%25safe']);
  });
  test('quotes that a file of variables keeps are named: nobody sees them as part of a token', () => {
    expect(problems({ ...SLACK, SLACK_BOT_TOKEN: '"xoxb-1-2-abc"', LEAKWATCH_CHANNEL: "'#ops'" }, 'worker')).toEqual([
      expect.stringMatching(/^SLACK_BOT_TOKEN is not a bot token: the quotes around it are part of it\. Example: /),
      expect.stringMatching(
        /^LEAKWATCH_CHANNEL is neither a channel id nor #name: the quotes around it are part of it\. Example: /,
      ),
    ]);
  });
  test('a file that cannot be read is one problem, not also a value that is missing', () => {
    const none = { SLACK_BOT_TOKEN_FILE: '/nonexistent/bot', SLACK_APP_TOKEN_FILE: '/nonexistent/app' };
    expect(problems(none, 'bot').map((line) => line.split(' ')[0])).toEqual(['SLACK_BOT_TOKEN_FILE', 'SLACK_APP_TOKEN_FILE']);
    expect(problems({ ...none, ...SLACK }, 'bot')).toHaveLength(2);
  });
  test('.env.example as it comes is no set-up: its tokens are refused by us, not by Slack', () => {
    const lines = readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm);
    const found = problems(Object.fromEntries([...lines].map(([, name, value]) => [name, value])), 'bot');
    expect(found.map((line) => line.split(' ')[0]).sort()).toEqual(['SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN']);
  });
  test('an agent needs no Slack token', () => expect(problems({}, 'agent')).toEqual([]));
});

describe('alerts and pagers', () => {
  test('nothing set: none is taken in, and nobody is paged', () => {
    expect(readConfig(SLACK, ['bot', 'worker']).alerts).toEqual({});
  });
  test('an Alertmanager’s cluster, a password or a token, and all of them secrets', () => {
    const env = {
      ALERTMANAGER_URL: 'http://a:9093, http://b:9093/am',
      ALERTMANAGER_USER: 'u',
      ALERTMANAGER_PASSWORD: 'pass-word',
    };
    const config = readConfig({ ...SLACK, ...env, PAGERDUTY_ROUTING_KEY: 'a1'.repeat(16) }, ['worker']);
    expect(config.alerts.alertmanager).toEqual({
      urls: ['http://a:9093', 'http://b:9093/am'],
      authorization: `Basic ${btoa('u:pass-word')}`,
    });
    expect(config.alerts.pagerDuty).toEqual({ url: 'https://events.pagerduty.com', routingKey: 'a1'.repeat(16) });
    expect(config.secrets).toEqual(expect.arrayContaining(['pass-word', 'a1'.repeat(16)]));
    const { alertmanager } = readConfig({ ...SLACK, ALERTMANAGER_URL: 'http://a:9093', ALERTMANAGER_TOKEN: 'tok' }, [
      'worker',
    ]).alerts;
    expect(alertmanager?.authorization).toBe('Bearer tok');
  });
  test('Grafana is linked to with its address alone, and marked in with a token, which is a secret', () => {
    const { alerts } = readConfig({ ...SLACK, GRAFANA_URL: 'http://g:3000' }, ['worker']);
    expect([alerts.grafanaUrl, alerts.grafana]).toEqual(['http://g:3000', undefined]);
    const config = readConfig({ ...SLACK, GRAFANA_URL: 'http://g:3000', GRAFANA_TOKEN: 'glsa_1' }, ['worker']);
    expect(config.alerts.grafana).toEqual({ url: 'http://g:3000', token: 'glsa_1' });
    expect(config.secrets).toContain('glsa_1');
    expect(problems({ ...SLACK, GRAFANA_TOKEN: 'glsa_1' }, 'worker')).toEqual([
      expect.stringMatching(/^GRAFANA_TOKEN is set, and GRAFANA_URL is not\. Example: /),
    ]);
  });
  test('what is wrong is said by name, and not repeated', () => {
    const found = problems(
      {
        ...{ ...SLACK, LEAKWATCH_WEBHOOK_SECRET: 'short', ALERTMANAGER_URL: 'http://u:hunter2@a:9093,b', METRICS_PORT: '65535' },
        ...{ ALERTMANAGER_TOKEN: 'a b', PAGERDUTY_ROUTING_KEY: 'key', PAGERDUTY_URL: 'pagerduty' },
      },
      'bot',
      'worker',
    );
    expect(new Set(found.map((line) => line.split(' ')[0]))).toEqual(
      new Set([
        'LEAKWATCH_WEBHOOK_SECRET',
        'ALERTMANAGER_URL',
        'METRICS_PORT',
        'ALERTMANAGER_TOKEN',
        'PAGERDUTY_ROUTING_KEY',
        'PAGERDUTY_URL',
      ]),
    );
    expect(found.join()).not.toMatch(/hunter2|short,/);
  });
});

describe.each(['PROMETHEUS', 'ALERTMANAGER'])('how %s is asked', (server) => {
  test.each([
    ['by a token and by a name', ['TOKEN', 'USER'], [`${server}_TOKEN is set, and ${server}_USER is too: keep one. Example: `]],
    ['by a password of nobody', ['PASSWORD'], [`${server}_USER is not set, and ${server}_PASSWORD is. Example: `]],
    ['by a name without a password', ['USER'], []],
  ])('%s', (_, set, wanted) => {
    const env = Object.fromEntries(set.map((name) => [`${server}_${name}`, 'word']));
    expect(problems({ ...SLACK, ...env }, 'worker')).toEqual(wanted.map((line) => expect.stringContaining(line)));
  });
});

describe('NAME_FILE', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-config-'));
  const file = join(folder, 'token');
  writeFileSync(file, 'xoxb-from-a-file\n');
  test('gives the value without its newline, and it is a secret', () => {
    const config = readConfig({ SLACK_BOT_TOKEN_FILE: file, SLACK_APP_TOKEN: SLACK.SLACK_APP_TOKEN }, ['bot']);
    expect(config.slackBotToken).toBe('xoxb-from-a-file');
    expect(config.secrets).toContain('xoxb-from-a-file');
  });
  test('both, or a file that is not there, is a problem', () => {
    expect(problems({ ...SLACK, SLACK_BOT_TOKEN_FILE: file }, 'bot').join()).toMatch(/keep one/);
    expect(problems({ SLACK_BOT_TOKEN_FILE: join(folder, 'none'), SLACK_APP_TOKEN: 'xapp-1' }, 'bot').join('\n')).toMatch(
      /SLACK_BOT_TOKEN_FILE cannot be read/,
    );
    rmSync(folder, { recursive: true });
  });
});

const COMPOSE_OWN = ['DOCKER_GID', 'LEAKWATCH_RULES_FOLDER'];
const OF_AMAZONS_CLIENT = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'];
test('.env.example has every variable, and no other but those that Compose itself needs, or the client of a bucket', () => {
  const named = [...readFileSync('.env.example', 'utf8').matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([...VARIABLES, ...COMPOSE_OWN, ...OF_AMAZONS_CLIENT].sort());
});
