import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { NO_RULES, rulesOf, rulesOfReplicas, withoutIgnored } from '../../../src/model/rules.js';
import { decodeRules, RulesError } from '../../../src/sources/rules/decode-rules.js';
import { replica } from '../../support/fleet.js';

const service = (id: string) => replica(id).service;
const problems = (source: string) => {
  try {
    decodeRules(source);
    return [];
  } catch (error) {
    if (error instanceof RulesError) return error.problems;
    throw error;
  }
};

test('the example is as the code reads it', () => {
  const rules = decodeRules(readFileSync('leakwatch.example.yml', 'utf8'));
  expect(rules.watch).toEqual({ pageHours: 4, digestAt: '09:00', timezone: 'Europe/Berlin' });
  expect(rulesOf(rules, service('shop/api-svc'), {})).toEqual({ channel: '#shop', owner: 'U0123456789', pprof: '8081' });
  expect(rulesOf(rules, service('pay/night-batch'), {})).toEqual({ channel: '#ops', ignore: true });
});

test.each(['', '# nothing\n', 'services:\n', 'defaults:\nservices:\n  # - a: {}\nwatch:\n', '{}'])('%j is no rules', (source) => {
  expect(decodeRules(source)).toEqual(NO_RULES);
});

test.each(['services:\n  api:\n', 'services:\n  - api:\n      # ignore: true\n'])(
  '%j names a service and says nothing of it',
  (source) => {
    expect(rulesOf(decodeRules(source), service('api'), {})).toEqual({});
  },
);

test('defaults < labels < the file, key by key; a later entry wins over an earlier one', () => {
  const rules = decodeRules(`
defaults: { channel: "#all", owner: U0000000 }
services:
  "api*": { channel: "#api", ignore: true }
  api-svc: { ignore: false }
`);
  const labels = { 'leakwatch.channel': '#label', 'leakwatch.owner': 'U1111111', 'leakwatch.massif': '/m/*.out' };
  expect(rulesOf(rules, service('shop/api-svc'), labels)).toEqual({
    ...{ channel: '#api', owner: 'U1111111', ignore: false, massif: '/m/*.out' },
  });
  expect(rulesOf(rules, service('db'), labels)).toEqual({ channel: '#label', owner: 'U1111111', massif: '/m/*.out' });
  expect(rulesOf(rules, service('db'), {})).toEqual({ channel: '#all', owner: 'U0000000' });
});

test('a label that is no rule is as if it were not there', () => {
  const labels = { 'leakwatch.channel': 'two words', 'leakwatch.ignore': 'perhaps', 'leakwatch.owner': ' ' };
  expect(rulesOf(NO_RULES, service('a'), labels)).toEqual({});
});

test.each([
  ['*', 'shop/api-svc', true],
  ['shop/*', 'shop/api-svc', true],
  ['shop/*', 'pay/api-svc', false],
  ['{api,orders}-svc', 'shop/orders-svc', true],
  ['api-svc', 'shop/api-svc-2', false],
  ['shop/[odd', 'shop/[odd', true],
])('%s over %s: %s', (glob, id, wanted) => {
  const rules = decodeRules(JSON.stringify({ services: { [glob]: { ignore: true } } }));
  expect(rulesOf(rules, service(id), {}).ignore ?? false).toBe(wanted);
});

test('of replicas that say different things the first is heard; who is ignored leaves the list with all replicas', () => {
  const api = [1, 2].map((number) => replica('api', number, { labels: { 'leakwatch.channel': `#c${number}` } }));
  const batch = [1, 2].map((number) => replica('batch', number, { labels: { 'leakwatch.ignore': number === 1 ? 'true' : '' } }));
  expect(rulesOfReplicas(NO_RULES, api)).toEqual({ channel: '#c1' });
  expect(rulesOfReplicas(NO_RULES, [])).toEqual({});
  expect(withoutIgnored(NO_RULES, [...api, ...batch])).toEqual(api);
});

test.each([
  [
    'services:\n  api:\n    chanel: "#ops"\n',
    /^leakwatch\.yml:3:5 chanel: no such key; there are channel, owner, ignore, pprof, massif, heap, job$/,
  ],
  ['services:\n  - api:\n      ignore: maybe\n', /^leakwatch\.yml:3:7 ignore: true or false$/],
  ['defaults:\n  channel: #ops\n', /^leakwatch\.yml:2:3 channel: an id or a name in quotes/],
  ['watch:\n  pageHours: 0\n', /^leakwatch\.yml:2:3 pageHours: more than 0/],
  ['watch: { digest: "9" }\n', /^leakwatch\.yml:1:10 digest: no such key; there are pageHours, digestAt, timezone$/],
  ['watch: { digestAt: 9 }\n', /^leakwatch\.yml:1:10 digestAt: a time of day, as "09:00", or off$/],
  ['watch: { digestAt: "24:00" }\n', /^leakwatch\.yml:1:10 digestAt: a time of day/],
  ['watch:\n  timezone: Mars/Olympus\n', /^leakwatch\.yml:2:3 timezone: a name as Europe\/Berlin or UTC$/],
  ['service: {}\n', /^leakwatch\.yml:1:1 service: no such key; there are defaults, services, watch$/],
  ['services: 3\n', /^leakwatch\.yml:1:1 services: a glob with its keys/],
  ['services:\n  a: [\n', /^leakwatch\.yml:\d:\d /],
  ['a: 1\na: 2\n', /^leakwatch\.yml:2:1 .*unique/],
  ['- 1\n', /^leakwatch\.yml:1:1 is no rules file: defaults, services, watch are at its top$/],
  ['watch: []\n', /^leakwatch\.yml:1:1 watch: keys below it: pageHours, digestAt, timezone$/],
  ['defaults: 3\n', /^leakwatch\.yml:1:1 keys are expected here: channel, owner, ignore, pprof, massif, heap, job$/],
  ['services:\n  api: "#ops"\n', /^leakwatch\.yml:2:3 keys are expected here: channel, owner, ignore, pprof, massif, heap, job$/],
  ['services:\n  - api\n', /^leakwatch\.yml:2:5 services: a glob with its keys/],
  ['services:\n  "": { ignore: true }\n', /^leakwatch\.yml:2:3 services: a glob with its keys/],
  ['defaults: { pprof: ":8081x" }\n', /^leakwatch\.yml:1:13 pprof: a port, or port and path/],
  ['defaults: { pprof: "99999" }\n', /^leakwatch\.yml:1:13 pprof: a port, or port and path/],
])('%j is refused with line and column', (source, wanted) => expect(problems(source)[0]).toMatch(wanted));

test('every problem is told, not the first alone', () => {
  expect(problems('watch: { pageHours: soon }\nservices: 3\ndefaults: { ignore: 1 }')).toEqual([
    expect.stringMatching(/^leakwatch\.yml:1:10 pageHours/),
    expect.stringMatching(/^leakwatch\.yml:2:1 services/),
    expect.stringMatching(/^leakwatch\.yml:3:13 ignore/),
  ]);
});

test('aliases that multiply are refused', () => {
  const lines = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...[...'bcdefg'].map((at, i) => `${at}: &${at} [${Array(9).fill(`*${'abcdef'[i]}`)}]`),
  ];
  expect(problems(lines.join('\n'))).toHaveLength(1);
});
