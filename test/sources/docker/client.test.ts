import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { FatalError, LeakwatchError } from '../../../src/errors.js';
import { dockerOptions, makeDockerClient } from '../../../src/sources/docker/client.js';
import { makeEngine } from '../../../src/sources/docker/engine.js';
import { replica } from '../../support/fleet.js';

/** Engines that misbehave: a real one cannot be made to. */
const ID = 'ab'.repeat(32);
let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = undefined;
});

async function engineThat(answers: RequestListener): Promise<string> {
  server = createServer(answers);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const clientAt = (dockerHost: string, callMs?: number) =>
  makeDockerClient({ dockerHost, certPath: undefined, tlsVerify: false }, callMs);
const never = new AbortController().signal;

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('it worked'),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(LeakwatchError);
  return (error as Error).message;
}

describe('what a person is told when the engine', () => {
  test('is not there', async () => {
    expect(await failureOf(clientAt('unix:///nowhere/docker.sock').list())).toBe(
      'Docker does not answer at unix:///nowhere/docker.sock (ENOENT): is it running, and may I read the socket?',
    );
  });

  test('takes the connection and says nothing, or stops in the middle', async () => {
    const silent = await engineThat(() => {});
    expect(await failureOf(clientAt(silent, 60).version())).toContain('(nothing in 0.06 s)');
    server?.closeAllConnections();
    server?.close();
    const halting = await engineThat((_, response) => void response.write('[{"Id":'));
    expect(await failureOf(clientAt(halting, 60).list())).toContain('(nothing in 0.06 s)');
  });

  test('breaks off', async () => {
    const breaking = await engineThat((_, response) => response.destroy());
    expect(await failureOf(clientAt(breaking).list())).toContain('(ECONNRESET)');
  });

  test('is behind a filter that says no: which request, and nothing of a container', async () => {
    const filtered = await engineThat((_, response) => void response.writeHead(403).end('<html>Forbidden canary</html>'));
    const told = await failureOf(clientAt(filtered).stats(ID));
    expect(told).toMatch(/refuses GET \/containers\/<id>\/stats \(403\)/);
    expect(told).not.toContain('canary');
    expect(await clientAt(filtered).info()).toBeNull();
  });

  test('answers with an error: its words stay out', async () => {
    const failing = await engineThat((_, response) => void response.writeHead(500).end('{"message":"canary"}'));
    const told = await failureOf(clientAt(failing).inspect(ID));
    expect(told).toMatch(/answers GET \/containers\/<id>\/json with 500/);
    expect(told).not.toContain('canary');
  });
});

test('a container that is gone is null, not an error', async () => {
  const client = clientAt(await engineThat((_, response) => void response.writeHead(404).end('{"message":"No such container"}')));
  expect(await client.inspect(ID)).toBeNull();
  expect(await client.stats(ID)).toBeNull();
});

test('only a container’s id is put into a path', async () => {
  const asked: (string | undefined)[] = [];
  const client = clientAt(
    await engineThat((request, response) => {
      asked.push(request.url);
      response.end('{}');
    }),
  );
  for (const id of ['../../images', 'api-svc', `${ID}/../x`, '', ID.toUpperCase()])
    expect([await client.inspect(id), await client.stats(id)]).toEqual([null, null]);
  expect(asked).toEqual([]);
});

test('garbage is an error, never an empty host or a quiet container', async () => {
  const garbage = await engineThat((_, response) => void response.end('{"x":[null, {"Id": 5}'));
  const engine = makeEngine(clientAt(garbage), Date.now);
  expect(await engine.facts()).toEqual({});
  expect(await failureOf(engine.replicas('hv-01'))).toContain('no list');
  const { samples, failed, why } = await engine.sweep(
    [replica('api', 1, { run: { containerId: ID, image: 'a', startedAtMs: 1 } })],
    never,
  );
  expect({ samples, failed, why }).toEqual({ samples: [], failed: 1, why: expect.stringContaining('something else') });
});

test('a host of no size is one of unknown size', async () => {
  const sized = async (memTotal: unknown) => {
    const client = clientAt(await engineThat((_, response) => void response.end(JSON.stringify({ MemTotal: memTotal }))));
    return (await makeEngine(client, Date.now).facts()).memoryBytes;
  };
  expect(await sized(16 * 2 ** 30)).toBe(16 * 2 ** 30);
  for (const none of [0, -1, null, '16 GiB']) expect(await sized(none)).toBeUndefined();
});

test('a sweep whose time is over begins nothing more, and says how many it left out', async () => {
  const over = new AbortController();
  let asked = 0;
  const engine = makeEngine(
    clientAt(
      await engineThat((_, response) => {
        asked += 1;
        over.abort();
        response.end('{"read":"2026-01-01T00:00:00Z"}');
      }),
    ),
    Date.now,
  );
  const many = Array.from({ length: 300 }, (_, index) =>
    replica('api', index, { run: { containerId: ID, image: 'a', startedAtMs: 1 } }),
  );
  const { samples, failed, why } = await engine.sweep(many, over.signal);
  expect(samples).toHaveLength(asked);
  expect(samples.length + failed).toBe(300);
  expect(asked).toBeLessThanOrEqual(128);
  expect(why).toBe('Docker was too slow');
});

describe('where the engine is', () => {
  const optionsOf = (dockerHost: string | undefined, certPath?: string, tlsVerify = false) => {
    const { socketPath, protocol, host, port, ca } = dockerOptions({ dockerHost, certPath, tlsVerify });
    return { at: socketPath ?? `${protocol}://${host}:${port}`, ca: ca && String(ca) };
  };
  const certs = mkdtempSync(join(tmpdir(), 'leakwatch-certs-'));
  for (const name of ['ca', 'cert', 'key']) writeFileSync(join(certs, `${name}.pem`), name);
  afterEach(() => rmSync(certs, { recursive: true, force: true }));

  test('sockets, plain and TLS', () => {
    expect(optionsOf(undefined).at).toBe('/var/run/docker.sock');
    expect(optionsOf('unix:///run/user/1000/docker.sock').at).toBe('/run/user/1000/docker.sock');
    expect(optionsOf('tcp://filter:2375').at).toBe('http://filter:2375');
    expect(optionsOf('http://filter').at).toBe('http://filter:2375');
    expect(optionsOf('tcp://[::1]:2375').at).toBe('http://::1:2375');
    expect(optionsOf('tcp://hv-03:2376').at).toBe('https://hv-03:2376');
    expect(optionsOf('https://hv-03').at).toBe('https://hv-03:2376');
    expect(optionsOf('tcp://hv-03:2400', undefined, true).at).toBe('https://hv-03:2400');
    expect(optionsOf('tcp://hv-03', certs)).toEqual({ at: 'https://hv-03:2376', ca: 'ca' });
    expect(() => optionsOf('tcp://hv-03', '/nowhere')).toThrow(FatalError);
  });

  test('the environment does not change it', () => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = 'tcp://elsewhere:1';
    try {
      expect(dockerOptions({ dockerHost: undefined, certPath: undefined, tlsVerify: false })).toHaveProperty('host', undefined);
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
    }
  });
});
