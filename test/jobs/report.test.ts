import { expect, test } from '@jest/globals';
import { makeReport, type ReportPorts } from '../../jobs/report.js';
import type { Document } from '../../src/model/delivery.js';
import type { Incident } from '../../src/model/incident.js';
import { contextOf } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { drawn } from '../support/draw-series.js';

const { slack, start } = await useStage();
const MINUTE = 60_000;
const target = { kind: 'channel', channel: 'C1' } as const;
const payload = { v: 1, incidentId: 'i-1', outboxKey: 'answer', target } as const;

test('run twice: one file, one message with a link to it, and a chart of what it was made of', async () => {
  const harness = await start();
  const series = drawn('__________//////////////////////////////', { charMs: 10 * MINUTE });
  const { replica } = series;
  const incident: Incident = {
    ...{ id: 'i-1', service: replica.service, level: 'page', openedMs: 300 * MINUTE, place: { channel: 'C1' } },
    ...{ opening: { growthBytesPerHour: null, limitAtMs: null, images: [] }, heard: [], oomKills: 0, restarts: 0, count: 0 },
    ...{ latest: { growthBytesPerHour: null, limitAtMs: null, hosts: ['hv-01'] }, moments: [], unsaid: [] },
    closed: { atMs: 390 * MINUTE, how: 'resolved' },
  };
  const uploaded: Document[] = [];
  const ports: ReportPorts = {
    inventory: { all: async () => [replica] },
    hosts: { all: async () => [] },
    samples: { read: async (_, fromMs, toMs) => series.samples.filter(({ t }) => t >= fromMs && t <= toMs) },
    runs: { read: async () => [...series.runs] },
    ledger: { read: async () => [] },
    incidents: { incident: async (id) => (id === 'i-1' ? { version: 1, value: incident } : null) },
    people: { names: async () => new Map() },
    uploader: {
      uploadText: async (document) => {
        uploaded.push(document);
        return { permalink: 'https://files.example/F1' };
      },
    },
    ...harness,
  };
  const report = makeReport(ports);
  await report(payload, contextOf());
  await report(payload, contextOf());
  await harness.settle('C1');
  expect(uploaded.map(({ filename }) => filename)).toEqual(['api-svc-incident-1970-01-01.md']);
  expect(slack.messages).toHaveLength(1);
  expect(JSON.stringify(slack.messages[0]?.blocks)).toContain('<https://files.example/F1|api-svc-incident-1970-01-01.md>');
  expect((await harness.outbox.get('answer'))?.chart).toBeDefined();
  const refused = (word: string) => {
    const uploader = { uploadText: async () => ({ refused: word }) };
    const again = makeReport({ ...ports, uploader });
    return again({ ...payload, outboxKey: word }, contextOf()).catch((error: Error) => error.message);
  };
  expect(await refused('missing_scope')).toMatch(/`missing_scope`.*reference \w{8}.*`files:write`.*install the app again/);
  expect(await refused('file_uploads_disabled')).toMatch(/`file_uploads_disabled`.*an admin/);
  expect(await refused('brand_new')).toMatch(/`brand_new`.*`\/leak history/);
  await expect(report({ ...payload, incidentId: 'i-2' }, contextOf())).rejects.toMatchObject({ who: 'person' });
});
