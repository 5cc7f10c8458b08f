import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LeakwatchError } from '../../../src/errors.js';
import { decodeLabels, decodeMatrix } from '../../../src/sources/prometheus/decode-answer.js';
import { decodeContainer, type Labels, mergeContainers } from '../../../src/sources/prometheus/decode-container.js';
import { decodeSamples, joinReads, type Remembered } from '../../../src/sources/prometheus/decode-samples.js';
import { decodeSeries } from '../../../src/sources/prometheus/decode-series.js';
import { FIELDS, type Field, gridOf } from '../../../src/sources/prometheus/query.js';
import { composeLabels } from '../../support/open-metrics.js';

const [MINUTE, HOUR, MIB] = [60_000, 3_600_000, 2 ** 20];
const NOW = Date.UTC(2026, 10, 24, 12);
const [A, B] = ['ab'.repeat(32), 'cd'.repeat(32)];
const DOCKER = 'container_label_com_docker';

describe('whose a series is', () => {
  test.each<[string, Labels, string | null]>([
    ['Compose', composeLabels(A, 'api-svc', 2), 'shop/api-svc #2'],
    [
      'Swarm',
      {
        ...{ id: `/docker/${A}`, [`${DOCKER}_swarm_service_name`]: 'shop_api', [`${DOCKER}_stack_namespace`]: 'shop' },
        ...{ [`${DOCKER}_swarm_task_name`]: 'shop_api.3.x1y2z3', name: 'shop_api.3.x1y2z3' },
      },
      'shop/api #3',
    ],
    [
      'Kubernetes, from the kubelet',
      {
        ...{ id: `/kubepods.slice/kubepods-pod1.slice/cri-containerd-${A}.scope`, name: A },
        ...{ namespace: 'shop', pod: 'db-4', container: 'db' },
      },
      'shop/db #4',
    ],
    ['a container with nothing but a name', { id: `/docker/${A}`, name: 'redis' }, 'redis #1'],
    [
      'no names at all: an image store that cAdvisor cannot read',
      { id: `/system.slice/docker-${A}.scope`, name: '', image: '' },
      '',
    ],
    ['the machine', { id: '/', name: '' }, null],
    ['a slice', { id: '/system.slice' }, null],
    ['a pod', { id: '/kubepods/burstable/pod8a1c' }, null],
    ['the sandbox of a pod', { id: `/kubepods/pod1/${A}`, container: 'POD', pod: 'x', namespace: 'y' }, null],
    ['a part of a container', { id: `/docker/${A}/init.scope`, name: 'x' }, null],
    ['what watches a container', { id: `/machine.slice/libpod-conmon-${A}.scope`, name: 'x' }, null],
    ['a run that was made for once', composeLabels(A, 'api-svc', 1, { [`${DOCKER}_compose_oneoff`]: 'True' }), null],
  ])('%s', (_what, labels, place) => {
    const container = decodeContainer(labels);
    const words = container?.place ? `${container.place.service.id} #${container.place.number}` : '';
    expect(container === null ? null : words).toBe(place);
  });

  test('what cAdvisor 0.60 tells of two containers and their machine is two containers', () => {
    const text = readFileSync('test/golden/prometheus/cadvisor.txt', 'utf8');
    const seen = [...text.matchAll(/^container_memory_rss\{(.*)\} /gm)].flatMap(([, labels = '']) => {
      const pairs = [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]);
      return decodeContainer(Object.fromEntries(pairs)) ?? [];
    });
    expect(seen.map(({ place, image }) => [place?.service.id, place?.number, image])).toEqual([
      ['shop/api-svc', 1, 'registry.local/shop/api-svc:1.4.2'],
      ['shop/web', 1, 'nginx:1.29'],
    ]);
  });

  test('two scrapers of one container are one, and their names for its host are one host', () => {
    const hosts = (id: string, instance: string) => decodeContainer(composeLabels(id, 'api-svc', 1, { instance })) ?? [];
    const seen = [hosts(A, '10.0.1.9:8080'), hosts(A, 'hv-01:8080'), hosts(B, 'hv-01:8080')].flat();
    const { containers, contradicted } = mergeContainers(seen);
    expect(containers.map(({ id, hosts: names }) => [id, names])).toEqual([
      [A, ['10.0.1.9']],
      [B, ['10.0.1.9']],
    ]);
    expect(contradicted.size).toBe(0);
  });

  test.each(['shop-api-svc-1', ''])('a scraper that keeps no labels and calls it "%s" contradicts nobody', (name) => {
    const seen = [composeLabels(A, 'api-svc'), { id: `/docker/${A}`, name }];
    expect(mergeContainers(seen.flatMap((labels) => decodeContainer(labels) ?? [])).contradicted.size).toBe(0);
  });

  test('a name that belongs to another: the id is who it is, and the contradiction is told', () => {
    const seen = [composeLabels(A, 'api-svc'), { id: `/docker/${A}`, name: 'cart' }, { id: `/docker/${A}`, name: '' }];
    const { containers, contradicted } = mergeContainers(seen.flatMap((labels) => decodeContainer(labels) ?? []));
    expect(containers.map(({ place }) => place?.service.id)).toEqual(['shop/api-svc']);
    expect(contradicted).toEqual(new Map([[A, 'cart']]));
  });
});

const GRID = gridOf(NOW - 24 * HOUR, NOW);
const at = (i: number) => (GRID.fromMs + i * GRID.stepMs) / 1_000;
const matrix = (values: unknown[], more: object = {}) => ({
  ...{ status: 'success', ...more },
  data: { resultType: 'matrix', result: [{ metric: { id: '/docker/a' }, values }] },
});

describe('an answer', () => {
  test('values that are none are left out, and counted', () => {
    const bad = [
      ...[
        [at(1), 'NaN'],
        [at(2), '+Inf'],
        [at(3), '-Inf'],
        [at(4), '-1'],
        [at(5), ''],
        [at(6), 'x'],
        [at(7), null],
      ],
      ...[[at(0) + 1, '1'], [at(-1), '1'], [at(GRID.count), '1'], ['y', '1'], 'z', null, []],
    ];
    const { columns, dropped } = decodeMatrix(matrix([[at(0), '5'], ...bad, [at(9), '7'], [at(9), '8'], [at(8), '6']]), GRID);
    const column = columns.get('/docker/a') ?? [];
    expect([...column].flatMap((value, i) => (Number.isNaN(value) ? [] : [[i, value]]))).toEqual([
      [0, 5],
      [8, 6],
      [9, 7],
    ]);
    expect(dropped).toBe(bad.length + 1);
  });

  test.each([
    ['an answer of Prometheus', matrix([], { warnings: ['block 3 is gone'] }), ['block 3 is gone']],
    ['one of VictoriaMetrics', matrix([], { isPartial: true }), ['some of its storage did not answer']],
    ['a whole one with a remark', matrix([], { infos: ['might not be a counter'] }), []],
  ])('what is missing is told: %s', (_what, answer, warnings) => {
    expect(decodeMatrix(answer, GRID).warnings).toEqual(warnings);
  });

  test.each([
    null,
    [],
    'x',
    {},
    { status: 'error' },
    { status: 'success' },
    { status: 'success', data: { resultType: 'vector', result: [] } },
  ])('what is none is said to be none: %j', (answer) => {
    for (const decode of [() => decodeMatrix(answer, GRID), () => decodeLabels(answer)]) expect(decode).toThrow(LeakwatchError);
  });

  test('whatever comes, no value is NaN, infinite or negative in a sample', () => {
    const value = fc.oneof(fc.double().map(String), fc.constantFrom('NaN', '+Inf', '-Inf', '', '1e400', '-0'), fc.anything());
    const pair = fc.tuple(fc.oneof(fc.integer({ min: 0, max: 300 }).map(at), fc.anything()), value);
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 30 }), fc.array(pair, { maxLength: 30 }), (anon, other) => {
        const columns = (values: unknown[]) => decodeMatrix(matrix(values), GRID).columns;
        const byField = Object.fromEntries(FIELDS.map((field) => [field, columns(field === 'anon' ? anon : other)]));
        const { samples } = decodeSamples(byField as Record<Field, ReturnType<typeof columns>>, '/docker/a', GRID);
        for (const sample of samples)
          for (const figure of Object.values(sample)) expect(figure === undefined || figure === null || figure >= 0).toBe(true);
      }),
    );
  });
});

/** Columns drawn: one value a point, in MiB; a blank is none. */
function remembered(fields: Partial<Record<Field, (i: number) => number | null>>, count = 60): Remembered {
  const columnOf = (field: Field) => {
    const column = new Float64Array(GRID.count).fill(Number.NaN);
    for (let i = 0; i < count; i += 1) column[i] = fields[field]?.(i) ?? Number.NaN;
    return new Map([['/docker/a', column]]);
  };
  const byField = Object.fromEntries(FIELDS.map((field) => [field, columnOf(field)]));
  return decodeSamples(byField as Record<Field, Map<string, Float64Array>>, '/docker/a', GRID);
}

describe('samples of a container', () => {
  test('the parts of memory, each as an engine would have them', () => {
    const { samples } = remembered({
      ...{ anon: () => 100 * MIB, leastAnon: () => 90 * MIB, cache: () => 50 * MIB, usage: () => 160 * MIB },
      ...{ listed: () => 30 * MIB, limit: (i) => (i < 30 ? 0 : 256 * MIB), cpu: (i) => i, rx: () => 5 },
    });
    expect(samples[0]).toEqual({
      ...{ t: GRID.fromMs - 2.5 * MINUTE, usage: 160 * MIB, anon: 100 * MIB, leastAnon: 90 * MIB, kernel: 10 * MIB },
      ...{ shmem: 20 * MIB, file: 30 * MIB, limit: null, cpuNanos: 0, netRxBytes: 5, netTxBytes: undefined },
    });
    expect(samples.at(-1)?.limit).toBe(256 * MIB);
  });

  test('a restart that is told cuts, and what is of two lives is left out', () => {
    const restartAt = at(30) - 60;
    const { samples, startsMs } = remembered({ anon: () => MIB, start: (i) => (at(i) < restartAt ? at(-9) : restartAt) });
    expect(startsMs).toEqual([at(-9) * 1_000, restartAt * 1_000]);
    expect(samples).toHaveLength(59);
  });

  test('a restart that only the CPU counter shows', () => {
    const { startsMs } = remembered({ anon: () => MIB, start: () => at(-9), cpu: (i) => (i < 30 ? 1_000 + i : i - 29) });
    expect(startsMs).toHaveLength(2);
    expect(Math.abs((startsMs[1] ?? 0) - (at(29) + 150) * 1_000 + 150_000)).toBeLessThanOrEqual(150_000);
  });

  test('two reads of one container are one, with each of its starts once and the later read for what both have', () => {
    const told = { anon: (i: number) => i, start: () => at(-9) };
    const before = remembered(told, 30);
    const close = remembered({ ...told, anon: (i) => (i < 20 ? null : 1_000 + i), start: (i) => (i < 50 ? at(-9) : at(50)) });
    const { samples, startsMs } = joinReads(before, close);
    expect(samples.map(({ anon }) => anon)).toEqual([...before.samples.slice(0, 20), ...close.samples].map(({ anon }) => anon));
    expect(startsMs).toEqual([at(-9) * 1_000, at(50) * 1_000]);
    // Where no start is told, each read begins with one of its own: the later one's is none.
    const [one, other] = [remembered({ anon: () => 1 }, 30), remembered({ anon: (i) => (i < 30 ? null : 1) })];
    expect(joinReads(one, other).startsMs).toEqual(one.startsMs);
    expect(joinReads(remembered({}), other)).toBe(other);
    expect(joinReads(one, remembered({}))).toBe(one);
  });

  test('a container that was made anew: one replica, two lives, and none of what its first one left behind', () => {
    const life = (id: string, fromI: number, toI: number, mib: number) => {
      const container = decodeContainer(composeLabels(id, 'api-svc'));
      if (!container) throw new Error('none');
      const within = (i: number) => (i >= fromI && i < toI ? mib * MIB : null);
      return { container, remembered: remembered({ anon: within, start: () => at(fromI) - 200 }) };
    };
    const [series, ...others] = decodeSeries([life(B, 30, 60, 10), life(A, 0, 33, 100)], NOW - 24 * HOUR, NOW);
    expect(others).toEqual([]);
    expect(series?.runs.map(({ containerId }) => containerId)).toEqual([A, B]);
    const samples = [...(series?.samples ?? [])];
    expect(samples.filter(({ anon }) => anon === 100 * MIB)).toHaveLength(30);
    expect(samples.map(({ t }) => t)).toEqual([...new Set(samples.map(({ t }) => t))].sort((a, b) => a - b));
    expect(series?.replica).toMatchObject({ key: 'hv-01/shop/api-svc/1', running: false });
  });
});
