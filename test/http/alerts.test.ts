import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { worldError } from '../../src/errors.js';
import { makeAlertsRoute, type Taken } from '../../src/http/alerts.js';
import { decodeAlerts } from '../../src/http/decode-alerts.js';
import type { Alert } from '../../src/model/alert.js';
import { parsePayload } from '../../src/queue/catalogue.js';
import type { Enqueue } from '../../src/queue/enqueue.js';

const SECRET = 'a-secret-of-24-characters';
const ALERT = {
  status: 'firing',
  labels: { alertname: 'HighMemory', service: 'api-svc', severity: 'warning' },
  annotations: { description: '92 %', other: 'x' },
  startsAt: '2026-11-24T03:08:00.000Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'javascript:alert(1)',
  fingerprint: 'f00',
};
/** As Alertmanager 0.25 sends it. */
const BODY = {
  ...{ receiver: 'leakwatch', status: 'firing', alerts: [ALERT], groupLabels: {}, commonLabels: {}, commonAnnotations: {} },
  ...{ externalURL: 'http://am:9093', version: '4', groupKey: '{}:{}', truncatedAlerts: 0 },
};
const only = (body: unknown): Alert => {
  const [alert] = decodeAlerts(JSON.stringify(body)).alerts;
  if (!alert) throw new Error('no alert');
  return alert;
};

describe('what is read of a webhook', () => {
  test('Alertmanager’s', () => {
    expect(only(BODY)).toEqual({
      ...{ id: expect.stringMatching(/^[0-9a-f]{32}$/), group: expect.stringMatching(/^[0-9a-f]{32}$/), from: 'Alertmanager' },
      ...{ status: 'firing', name: 'HighMemory', severity: 'warning', summary: '92 %', truncatedAlerts: 0, moreLabels: 0 },
      labels: expect.arrayContaining([['service', 'api-svc']]),
      ...{ startsAtMs: Date.UTC(2026, 10, 24, 3, 8), endsAtMs: null },
    });
  });
  test('Grafana’s: version 1, an organisation, figures that may be null', () => {
    const alerts = [{ ...ALERT, values: null, valueString: '', silenceURL: 'https://g/', dashboardURL: '', panelURL: '' }];
    const { groupKey, receiver } = BODY;
    expect(
      only({ receiver, groupKey, version: '1', orgId: 1, title: '[FIRING:1]', state: 'alerting', message: 'm', alerts }).from,
    ).toBe('Grafana');
  });
  test('the id is of the fingerprint and the start: the same for every repeat, another one for the next time', () => {
    const again = { ...ALERT, annotations: {}, endsAt: '2026-11-24T05:00:00Z', status: 'resolved' };
    expect(only({ ...BODY, alerts: [again] }).id).toBe(only(BODY).id);
    expect(only({ ...BODY, alerts: [{ ...ALERT, startsAt: '2026-11-25T00:00:00Z' }] }).id).not.toBe(only(BODY).id);
    const { fingerprint: _, ...without } = ALERT;
    expect(only({ ...BODY, alerts: [without] }).id).toBe(only({ ...BODY, alerts: [{ ...without, annotations: null }] }).id);
  });
  test('a thousand labels of 64 KB, one called __proto__: capped, counted, and those that name a service are kept', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `"a${i}":"${'x'.repeat(65_536).slice(0, 600)}"`);
    const text = JSON.stringify(BODY).replace(
      '"alertname"',
      `"__proto__":"polluted","constructor":"c",${many.join(',')},"alertname"`,
    );
    const [alert] = decodeAlerts(text).alerts;
    expect(alert?.labels).toHaveLength(40);
    expect(alert?.labels[0]).toEqual(['service', 'api-svc']);
    expect(alert?.moreLabels).toBe(1_005 - 40);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(alert)).toBe(Object.prototype);
    expect(JSON.stringify(alert).length).toBeLessThan(16_000);
  });
  test('our own are left out: what we sent, and what rules over our metrics say', () => {
    const own = [{ leakwatch_incident: 'i-1' }, { leakwatch_rule: 'itself' }].map((labels) => ({ ...ALERT, labels }));
    expect(decodeAlerts(JSON.stringify({ ...BODY, alerts: [...own, ALERT] }))).toMatchObject({
      own: 2,
      alerts: [{ name: 'HighMemory' }],
    });
  });
  test.each<[string, string]>([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['another version', JSON.stringify({ ...BODY, version: '3' })],
    ['no alerts', JSON.stringify({ version: '4' })],
    ['an alert without a start', JSON.stringify({ version: '4', alerts: [{ ...ALERT, startsAt: undefined }] })],
    ['an alert in a third state', JSON.stringify({ version: '4', alerts: [{ ...ALERT, status: 'pending' }] })],
    ['a hundred thousand brackets', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('%s: refused in a line', (_, body) => {
    expect(() => decodeAlerts(body)).toThrow(/^[^\n]{10,300}$/);
  });
  test('whatever comes: an error in words, or alerts that the queue takes', () => {
    const anything = fc.record(
      {
        ...{ version: fc.constantFrom('4', '1', '2', 4, null), orgId: fc.option(fc.integer()), groupKey: fc.anything() },
        alerts: fc.array(
          fc.record(
            {
              status: fc.constantFrom('firing', 'resolved', 'x'),
              labels: fc.oneof(fc.dictionary(fc.string(), fc.oneof(fc.string({ maxLength: 500 }), fc.integer())), fc.anything()),
              annotations: fc.option(fc.dictionary(fc.constantFrom('summary', 'description', 'x'), fc.string())),
              startsAt: fc.oneof(
                fc.string(),
                fc.constantFrom('0001-01-01T00:00:00Z', '2026-11-24T00:00:00Z', '+275760-09-13T00:00:00.001Z'),
              ),
              endsAt: fc.option(fc.string()),
              fingerprint: fc.option(fc.string()),
            },
            { requiredKeys: ['status', 'labels', 'startsAt'] },
          ),
        ),
      },
      { requiredKeys: ['version', 'alerts'] },
    );
    fc.assert(
      fc.property(anything, (body) => {
        try {
          for (const alert of decodeAlerts(JSON.stringify(body)).alerts) parsePayload('alert', { v: 1, alert });
        } catch (error) {
          expect((error as { who?: string }).who).toBe('person');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('POST /alertmanager', () => {
  let server: Server;
  let stored: { alert: Alert; once: string | undefined }[];
  let outcomes: Taken[];
  let broken: Error | null;
  let heard: { ids: readonly string[]; atMs: number }[];
  let deaf: Error | null;
  let again: boolean;
  const hear = async (ids: readonly string[], atMs: number) => {
    if (deaf) throw deaf;
    heard.push({ ids, atMs });
  };
  const enqueue: Enqueue = async (_name, payload, options) => {
    if (broken) throw broken;
    stored.push({ alert: (payload as { alert: Alert }).alert, once: options?.once });
  };
  const start = async (secret: string | undefined) => {
    [stored, outcomes, broken, heard, deaf, again] = [[], [], null, [], null, false];
    const route = makeAlertsRoute({
      secret,
      enqueue,
      turns: async (alerts) => alerts.map(({ id }) => (again ? `${id}-2` : id)),
      hear,
      nowMs: () => 1_700_000_000_000,
      taken: (outcome) => void outcomes.push(outcome),
    });
    server = createServer((incoming, outgoing) => void route(incoming, outgoing));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  };
  beforeEach(() => start(SECRET));
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/alertmanager`;
  const post = async (body: string, headers: Record<string, string> = { authorization: `Bearer ${SECRET}` }) => {
    const answer = await fetch(url(), { method: 'POST', headers, body });
    return { status: answer.status, words: await answer.text() };
  };

  test('stored, then 200; a bearer token or a password', async () => {
    expect(await post(JSON.stringify(BODY))).toEqual({ status: 200, words: 'stored 1\n' });
    expect((await post(JSON.stringify(BODY), { authorization: `Basic ${btoa(`grafana:${SECRET}`)}` })).status).toBe(200);
    expect(stored.map(({ once }) => once)).toEqual([`${stored[0]?.alert.id} firing`, `${stored[0]?.alert.id} firing`]);
  });
  test('not all of it stored: 503, never 429', async () => {
    broken = worldError('The queue (Redis) does not answer');
    expect(await post(JSON.stringify(BODY))).toEqual({
      status: 503,
      words: 'not stored, send it again: The queue (Redis) does not answer\n',
    });
    broken = new Error('hidden');
    expect(await post(JSON.stringify(BODY))).toEqual({ status: 503, words: 'not stored, send it again: an error of ours\n' });
  });
  test('each time that it fires it is heard, also again; what is over is not; when that cannot be kept, it is to be sent again', async () => {
    const ended = { ...ALERT, fingerprint: 'f01', status: 'resolved' };
    for (const _ of ['once', 'again']) await post(JSON.stringify({ ...BODY, alerts: [ALERT, ended] }));
    const told = { ids: [only(BODY).id], atMs: 1_700_000_000_000 };
    expect(heard).toEqual([told, told]);
    deaf = worldError('Redis does not answer');
    expect(await post(JSON.stringify(BODY))).toEqual({
      status: 503,
      words: 'not stored, send it again: Redis does not answer\n',
    });
  });
  test('what fires again after it was over is stored and heard as another one', async () => {
    await post(JSON.stringify(BODY));
    again = true;
    await post(JSON.stringify(BODY));
    const { id } = only(BODY);
    expect(stored.map(({ once }) => once)).toEqual([`${id} firing`, `${id}-2 firing`]);
    expect(heard.map(({ ids }) => ids)).toEqual([[id], [`${id}-2`]]);
  });
  test('without the secret, or with another one: 401, in the same words', async () => {
    const wrong = ['', 'Bearer', 'Bearer wrong', `Token ${SECRET}`, SECRET, `Basic ${btoa('x:y')}`, `Basic ${btoa(SECRET)}`];
    const answers = await Promise.all(wrong.map((authorization) => post(JSON.stringify(BODY), { authorization })));
    expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 401));
    expect(new Set(answers.map(({ words }) => words)).size).toBe(1);
    expect(stored).toEqual([]);
    expect((await post(JSON.stringify(BODY), {})).status).toBe(401);
    expect(outcomes.at(-1)?.words).not.toContain(SECRET);
  });
  test('no secret is set: nothing is taken in, whatever comes', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await start(undefined);
    for (const authorization of ['Bearer ', 'Bearer undefined', `Basic ${btoa('x:')}`])
      expect((await post(JSON.stringify(BODY), { authorization })).status).toBe(404);
    expect(stored).toEqual([]);
  });
  test('too much: 413 that arrives, whether the length is told or not', async () => {
    expect((await post('x'.repeat(10 * 2 ** 20))).status).toBe(413);
    const status = await new Promise((resolve, reject) => {
      const sending = request(url(), {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRET}`, 'transfer-encoding': 'chunked' },
      });
      sending.on('response', (response) => resolve(response.statusCode));
      sending.on('error', reject);
      for (let i = 0; i < 96; i += 1) sending.write('x'.repeat(2 ** 16));
    });
    expect(status).toBe(413);
  });
  test('five thousand alerts in one: all stored', async () => {
    const alerts = Array.from({ length: 5_000 }, (_, i) => ({ ...ALERT, fingerprint: `f${i}` }));
    expect(await post(JSON.stringify({ ...BODY, alerts }))).toEqual({ status: 200, words: 'stored 5000\n' });
    expect(new Set(stored.map(({ once }) => once)).size).toBe(5_000);
  });
  test('anything but POST is refused', async () => expect((await fetch(url())).status).toBe(405));
});
