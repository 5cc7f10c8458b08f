import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeReplica } from '../../../src/sources/docker/decode-run.js';
import { decodeService } from '../../../src/sources/docker/decode-service.js';

type Inspect = {
  Id: string;
  State: Record<string, unknown>;
  Config: { Labels: Record<string, string>; Env: string[] };
  HostConfig: Record<string, unknown>;
};
const inspect = (service: string, over: Partial<Inspect['State']> = {}): Inspect => {
  const answer = JSON.parse(readFileSync(`test/golden/docker/v2/shop-${service}-svc-1.inspect.json`, 'utf8')) as Inspect;
  return { ...answer, State: { ...answer.State, ...over } };
};

describe('recorded containers as replicas', () => {
  test('api, of a Compose project, killed for its memory', () => {
    expect(decodeReplica(inspect('api'), 'hv-01')).toEqual({
      key: 'hv-01/shop/api-svc/1',
      host: 'hv-01',
      service: { id: 'shop/api-svc', name: 'api-svc', project: 'shop' },
      number: 1,
      containerName: 'shop-api-svc-1',
      limitBytes: 134_217_728,
      running: false,
      run: {
        containerId: '3a1b036f31472436b4a566daf4a0faee0761ae3a2867185be417ccc9558f0548',
        image: 'leaky-go',
        imageId: 'sha256:7c5d3d5cc15baac9b2f8d6c8a4ad7164dae06fb0c376b380666f592e8e7bb62c',
        startedAtMs: Date.parse('2026-11-23T01:43:47.309Z'),
        endedAtMs: Date.parse('2026-11-23T01:45:15.467Z'),
        exitCode: 137,
        oomKilled: true,
      },
      labels: {},
    });
  });

  test('steady, by its name, running, without a limit', () => {
    const replica = decodeReplica(inspect('steady'), 'hv-01');
    expect(replica).toMatchObject({ key: 'hv-01/shop-steady-svc-1/1', limitBytes: null, running: true });
    expect(Object.keys(replica?.run ?? {}).sort()).toEqual(['containerId', 'image', 'imageId', 'startedAtMs']);
  });

  test('child, of which a process was killed, lives on and was not killed itself', () => {
    expect(decodeReplica(inspect('child'), 'h')).toMatchObject({ running: true, limitBytes: 32 * 2 ** 20 });
    expect(decodeReplica(inspect('child', { OOMKilled: true }), 'h')?.run).not.toHaveProperty('oomKilled');
  });

  test('`docker kill` gives 137 too, and is no OOM kill', () => {
    expect(decodeReplica(inspect('api', { OOMKilled: false }), 'h')?.run).toMatchObject({ exitCode: 137, oomKilled: false });
  });

  test('running again: the end and exit code of the life before are not this one’s', () => {
    const again = inspect('api', { Running: true, StartedAt: '2026-11-23T01:45:20Z', OOMKilled: false });
    expect(decodeReplica(again, 'h')?.run).not.toHaveProperty('endedAtMs');
    expect(decodeReplica(again, 'h')?.run).not.toHaveProperty('exitCode');
  });

  test('waiting for its next start: says that it runs, and does not', () => {
    expect(decodeReplica(inspect('oom', { Running: true, Restarting: true }), 'h')).toMatchObject({
      running: false,
      run: { exitCode: 137, oomKilled: true },
    });
  });

  test('never started: no replica', () => {
    expect(decodeReplica(inspect('log', { StartedAt: '0001-01-01T00:00:00Z', Running: false }), 'h')).toBeNull();
  });
});

test('of labels only our own and OCI’s are kept, of the environment nothing', () => {
  const answer = inspect('api');
  answer.Config.Env = ['TOKEN=canary-secret'];
  Object.assign(answer.Config.Labels, {
    'leakwatch.owner': '@ana',
    'org.opencontainers.image.source': 'https://example.org/api',
    leakwatchful: 'canary-secret',
    'com.example.password': 'canary-secret',
  });
  const replica = decodeReplica(answer, 'h');
  expect(replica?.labels).toEqual({ 'leakwatch.owner': '@ana', 'org.opencontainers.image.source': 'https://example.org/api' });
  expect(JSON.stringify(replica)).not.toContain('canary-secret');
});

describe('which place of which service', () => {
  const compose = (number?: string, more = {}) => ({
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': 'api',
    ...(number ? { 'com.docker.compose.container-number': number } : {}),
    ...more,
  });
  const swarm = (task: string, more = {}) => ({
    'com.docker.swarm.service.name': 'shop_api',
    'com.docker.swarm.task.name': `shop_api.${task}`,
    ...more,
  });
  const pod = (name: string, more = {}) => ({
    'io.kubernetes.container.name': 'api',
    'io.kubernetes.pod.name': name,
    'io.kubernetes.pod.namespace': 'shop',
    ...more,
  });
  const placeOf = (labels: Record<string, string>) => {
    const place = decodeService(labels, 'some-name', 'ab'.repeat(32));
    return place && `${place.service.id} ${place.service.name} ${place.service.project ?? '-'} #${place.number}`;
  };

  test.each([
    ['Compose', compose('3'), 'shop/api api shop #3'],
    ['Compose without a number', compose(), 'shop/api api shop #1'],
    ['Compose with nonsense for a number', compose('-1e9'), 'shop/api api shop #1'],
    ['a one-off run of Compose', compose('1', { 'com.docker.compose.oneoff': 'True' }), null],
    ['Swarm in a stack', swarm('2.k3j', { 'com.docker.stack.namespace': 'shop' }), 'shop/api api shop #2'],
    ['Swarm without a stack', swarm('2.k3j'), 'shop_api shop_api - #2'],
    ['Swarm, one on each node', swarm('n0d3id.k3j'), 'shop_api shop_api - #1'],
    ['a StatefulSet', pod('api-4'), 'shop/api api shop #4'],
    ['a pod’s sandbox', pod('api-4', { 'io.kubernetes.docker.type': 'podsandbox' }), null],
    ['nothing of all that', {}, 'some-name some-name - #1'],
    ['to be ignored by the watch: it is sampled, for who asks', { 'leakwatch.ignore': 'true' }, 'some-name some-name - #1'],
  ])('%s', (_, labels, wanted) => expect(placeOf(labels)).toBe(wanted));

  test('two pods of a Deployment are two replicas, each the same one every time', () => {
    const [one, other] = [placeOf(pod('api-7c9d-x2x4z')), placeOf(pod('api-7c9d-qqqqq'))];
    expect(one).not.toBe(other);
    expect(placeOf(pod('api-7c9d-x2x4z'))).toBe(one);
  });

  test('no name at all: the short id', () => {
    expect(decodeService({}, '', 'ab'.repeat(32))?.service.id).toBe('abababababab');
  });
});

test('garbage is no replica, or one without NaN', () => {
  const leaf = fc.oneof(fc.anything(), fc.string());
  const state = fc.record({
    Running: leaf,
    StartedAt: fc.oneof(leaf, fc.constant('2026-01-01T00:00:00Z')),
    FinishedAt: leaf,
    ExitCode: leaf,
  });
  const config = fc.record({ Image: leaf, Labels: fc.oneof(leaf, fc.dictionary(fc.string(), leaf)) });
  const answer = fc.record({
    Id: fc.oneof(leaf, fc.constant('id')),
    Name: leaf,
    State: state,
    Config: config,
    HostConfig: fc.record({ Memory: leaf }),
  });
  let replicas = 0;
  fc.assert(
    fc.property(fc.oneof(answer, fc.anything()), (input) => {
      const replica = decodeReplica(input, 'h');
      if (!replica) return;
      replicas += 1;
      for (const value of [replica.number, replica.run.startedAtMs, replica.limitBytes ?? 1, replica.run.endedAtMs ?? 1])
        expect(value).toBeGreaterThan(0);
    }),
    { numRuns: 500, seed: 7 },
  );
  expect(replicas).toBeGreaterThan(20);
});
