import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Incident } from '../../src/model/incident.js';
import { serviceDashboard, withDashboard } from '../../src/render/grafana-link.js';
import { incident } from '../support/incidents.js';

const [OPENED, HOUR] = [1_700_000_000_000, 3_600_000];
const root = { text: '🔴 api-svc leaking', blocks: [{ type: 'section' }] };
const linkOf = (one: Incident) => JSON.stringify(withDashboard(root, one, 'https://grafana.example/g/').blocks.at(-1));
const one = (over: Partial<Incident> = {}) => incident('i-1', 'shop/api-svc', { openedMs: OPENED, ...over });

test('the root of an incident leads to its service, from before it grew to what was heard last', () => {
  const grown = { ...one().opening, since: { atMs: OPENED - 9 * HOUR } };
  const moments = [{ atMs: OPENED + HOUR, kind: 'update' as const, words: 'faster' }];
  expect(linkOf(one({ opening: grown, moments }))).toContain(
    `<https://grafana.example/g/d/leakwatch-service/leakwatch-service?var-service=api-svc&amp;from=${OPENED - 10 * HOUR}&amp;to=${OPENED + HOUR}|Grafana>`,
  );
});

test('a leak that is young shows six hours, and one that is over ends where it ended', () => {
  expect(linkOf(one())).toContain(`from=${OPENED - 6 * HOUR}&amp;to=${OPENED}|`);
  expect(linkOf(one({ closed: { atMs: OPENED + 40 * HOUR, how: 'fixed' } }))).toContain(
    `from=${OPENED - HOUR}&amp;to=${OPENED + 40 * HOUR}|`,
  );
});

test('a name can be nothing but a name', () => {
  const evil = 'a&to=0#|<!channel> b"/../x';
  const url = new URL(serviceDashboard('http://127.0.0.1:3001', evil, 1.5, 2.5));
  expect([url.pathname, [...url.searchParams]]).toEqual([
    '/d/leakwatch-service/leakwatch-service',
    [...Object.entries({ 'var-service': evil, from: '1', to: '3' })],
  ]);
  expect(url.href).not.toMatch(/[<>|\s]/);
  expect(linkOf(incident('i', evil))).toContain('|Grafana>');
});

test('the dashboard and its variable are those that are delivered', () => {
  const { uid, templating } = JSON.parse(readFileSync('deploy/grafana/dashboards/service.json', 'utf8'));
  const url = new URL(serviceDashboard('http://g', 'x', 1, 2));
  expect(url.pathname.split('/')[2]).toBe(uid);
  expect(url.searchParams.has(`var-${templating.list[0].name}`)).toBe(true);
});
