import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config.js';
import { OWN_ALERT_LABEL, OWN_RULE_LABEL } from '../../src/model/alert.js';

type Service = {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  mem_limit?: string;
  networks?: string[];
  user?: string;
  profiles?: string[];
  depends_on?: Record<string, unknown>;
  ports?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  privileged?: boolean;
  healthcheck?: unknown;
};
const read = (path: string): { services: Record<string, Service>; networks: Record<string, { internal?: boolean }> } =>
  parse(readFileSync(path, 'utf8'), { merge: true });

describe.each(['docker-compose.yml', 'deploy/agent-only.compose.yml'])('%s', (path) => {
  const { services, networks } = read(path);

  test('is understood by Compose 1.29, which Debian 12 has: it refuses other keys at the top (its compose_spec.json)', () => {
    const keys = Object.keys(parse(readFileSync(path, 'utf8'), { merge: true }));
    expect(keys.filter((key) => !/^(services|networks|volumes|x-.+)$/.test(key))).toEqual([]);
  });

  test('the filter does not start before somebody has said whose socket it is', () => {
    expect(services['docker-filter']?.user).toMatch(/^65534:\$\{DOCKER_GID:\?.*stat -c %g/);
  });

  test('every service has a memory limit: a leak of ours is ours alone', () => {
    expect(Object.entries(services).filter(([, service]) => !service.mem_limit)).toEqual([]);
  });

  test('the Docker socket is mounted into filters alone, read-only, and a filter has no way out', () => {
    const holders = Object.entries(services).filter(([, { volumes }]) =>
      volumes?.some((volume) => volume.includes('docker.sock')),
    );
    expect(holders.map(([name]) => name)).toEqual(services.cadvisor ? ['docker-filter', 'cadvisor-filter'] : ['docker-filter']);
    for (const [name, filter] of holders) {
      expect(name).toMatch(/-filter$/);
      expect(filter.volumes).toEqual(['/var/run/docker.sock:/var/run/docker.sock:ro']);
      expect(filter.networks?.every((network) => networks[network]?.internal)).toBe(true);
    }
  });

  test('the agent has no Slack token', () => {
    expect(Object.keys(services.agent?.environment ?? {}).filter((name) => name.startsWith('SLACK'))).toEqual([]);
  });

  const pattern = services['docker-filter']?.command?.find((word) => word.startsWith('-allowGET='))?.slice('-allowGET='.length);
  const allowed = new RegExp(String(pattern).replaceAll('$$', '$'));

  test('nothing but GET is let through at all', () => {
    expect(
      services['docker-filter']?.command?.filter((word) => word.startsWith('-allow')).map((word) => word.split('=')[0]),
    ).toEqual(['-allowfrom', '-allowGET']);
  });

  const id = 'a1'.repeat(32);
  test.each(['_ping', 'version', 'info', 'events', 'containers/json', `containers/${id}/json`, `containers/${id}/stats`])(
    'lets %s through',
    (get) => {
      expect(allowed.test(`/${get}`)).toBe(true);
      expect(allowed.test(`/v1.41/${get}`)).toBe(true);
    },
  );

  test.each([
    `/containers/${id}/archive`,
    `/v1.41/containers/${id}/export`,
    `/containers/${id}/logs`,
    `/containers/${id}/json/../export`,
    '/containers/%2e%2e/json',
    '/containers//json',
    '/containers/../json',
    '/images/json',
    '/secrets',
    '/exec/1/json',
    '/v1.41/v1.41/info',
  ])('refuses %s', (get) => expect(allowed.test(get)).toBe(false));
});

describe('deploy/exec.compose.yml', () => {
  const { services } = read('deploy/exec.compose.yml');
  const words = services['exec-filter']?.command ?? [];
  const pattern = (method: string) =>
    new RegExp(
      String(words.find((word) => word.startsWith(`-allow${method}=`))?.slice(`-allow${method}=`.length)).replaceAll('$$', '$'),
    );
  const id = 'a1'.repeat(32);

  test('adds to the agent the address of a second filter, and nothing to the first', () => {
    expect(Object.keys(services)).toEqual(['agent', 'exec-filter']);
    expect(services.agent).toEqual({ environment: { LEAKWATCH_EXEC: 'tcp://exec-filter:2375' } });
    expect(services['exec-filter']?.volumes).toEqual(['/var/run/docker.sock:/var/run/docker.sock:ro']);
    expect(services['exec-filter']?.networks).toEqual(['docker']);
  });

  test.each([
    ...[`GET /containers/${id}/json`, `GET /containers/${id}/top`, `GET /v1.41/containers/${id}/archive`, `GET /exec/${id}/json`],
    ...[`POST /containers/${id}/exec`, `POST /v1.41/exec/${id}/start`],
  ])('lets %s through', (request) => {
    const [method = '', path = ''] = request.split(' ');
    expect(pattern(method).test(path)).toBe(true);
  });

  test.each([
    ...[
      'POST /containers/create',
      `POST /containers/${id}/kill`,
      `POST /containers/${id}/start`,
      `POST /containers/${id}/update`,
    ],
    ...[
      `POST /exec/${id}/resize`,
      'POST /build',
      'POST /containers/name/exec',
      `GET /containers/${id}/export`,
      `GET /containers/${id}/logs`,
    ],
    ...['GET /info', 'GET /containers/json', `GET /containers/${id}/archive/../export`],
  ])('refuses %s', (request) => {
    const [method = '', path = ''] = request.split(' ');
    expect(pattern(method).test(path)).toBe(false);
  });

  test('no other method at all', () => {
    expect(words.filter((word) => word.startsWith('-allow')).map((word) => word.split('=')[0])).toEqual([
      '-allowfrom',
      '-allowGET',
      '-allowPOST',
    ]);
  });
});

describe('the stack', () => {
  const { services } = read('docker-compose.yml');
  const own = ['bot', 'worker', 'agent', 'docker-filter', 'redis'];
  const stack = ['cadvisor', 'cadvisor-filter', 'prometheus', 'alertmanager', 'grafana'];

  test('comes with `docker compose up`; the services of the demo only when they are asked for', () => {
    const [usual, asked] = [false, true].map((is) => Object.keys(services).filter((name) => is === !!services[name]?.profiles));
    expect(usual).toEqual([...own, ...stack]);
    expect(asked).toEqual(readdirSync('demo/services').filter((name) => /^[a-z]+-svc$/.test(name)));
    for (const name of asked ?? []) expect(services[name]?.profiles).toEqual(['demo']);
  });

  test('can be done without: bot, worker and agent need none of it, and who has their own says where', () => {
    const needed = ['bot', 'worker', 'agent'].flatMap((name) => Object.keys(services[name]?.depends_on ?? {}));
    expect([...new Set(needed)].sort()).toEqual(['docker-filter', 'redis']);
    // Without the colon: what is set to nothing is nothing.
    expect(services.worker?.environment).toMatchObject({
      PROMETHEUS_URL: `\${PROMETHEUS_URL-http://prometheus:9090}`,
      ALERTMANAGER_URL: `\${ALERTMANAGER_URL-http://alertmanager:9093}`,
    });
  });

  test('has no privilege, writes nowhere but into its volumes, and says whether it is well; images have a version', () => {
    for (const name of stack) {
      const one = services[name] ?? {};
      expect([name, one.read_only, one.cap_drop, one.privileged]).toEqual([name, true, ['ALL'], undefined]);
      expect(one.image).toMatch(/:v?\d+\.\d+\.\d+$/);
      // The filter's image has nothing to ask with; its watchdog ends it when the socket is gone.
      expect([name, one.healthcheck !== undefined]).toEqual([name, name !== 'cadvisor-filter']);
      for (const port of one.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  const pattern = services['cadvisor-filter']?.command?.find((word) => word.startsWith('-allowGET='))?.slice('-allowGET='.length);
  test.each([
    ['/v1.41/info', true],
    [`/v1.41/containers/${'a1'.repeat(32)}/json`, true],
    ['/v1.41/events', false],
    [`/containers/${'a1'.repeat(32)}/export`, false],
    [`/containers/${'a1'.repeat(32)}/archive`, false],
    ['/containers/../json', false],
  ])('cAdvisor asks the engine for %s: %s', (path, isAllowed) => {
    expect(new RegExp(String(pattern).replaceAll('$$', '$')).test(path)).toBe(isAllowed);
  });

  test.each([
    [
      'promtool',
      ['check', 'config', 'deploy/prometheus/prometheus.yml'],
      /SUCCESS: .*prometheus\.yml is valid|SUCCESS: \d+ rules/,
    ],
    ['amtool', ['check-config', 'deploy/alertmanager/alertmanager.yml'], /SUCCESS/],
  ])('%s understands its file', async (tool, args, content) => {
    const { stdout } = await promisify(execFile)(tool, args);
    expect(stdout).toMatch(content);
  });

  test('who is scraped and told of is a service here, at the port that it has', () => {
    const prometheus = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8'));
    const named = prometheus.scrape_configs.flatMap((job: { dns_sd_configs?: { names: string[] }[] }) =>
      (job.dns_sd_configs ?? []).flatMap(({ names }) => names),
    );
    const told = [...JSON.stringify(prometheus).matchAll(/"([a-z]+):\d+"/g)].map(([, name]) => name);
    expect([...named, ...told].sort()).toEqual(['agent', 'alertmanager', 'bot', 'cadvisor', 'worker']);
    for (const name of [...named, ...told]) expect(services[name]?.networks).toContain('inside');
    expect(services.worker?.environment?.METRICS_PORT).toContain('9464');
    expect(services.agent?.environment?.METRICS_PORT).toContain('9464');
  });

  test('what is about Leakwatch, or from it, does not come back to it', () => {
    const { route } = parse(readFileSync('deploy/alertmanager/alertmanager.yml', 'utf8'));
    const kept = route.routes.map(({ matchers, receiver }: { matchers: string[]; receiver: string }) => [matchers, receiver]);
    expect(kept).toEqual([OWN_RULE_LABEL, OWN_ALERT_LABEL].map((label) => [[`${label} != ""`], 'pager']));
  });
});

/** Set by Compose itself, or of use to nobody who uses it. */
const NOT_PASSED_ON = [
  ...['DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY', 'LEAKWATCH_BIND', 'SLACK_API_URL'],
  // Where the rules are in the containers; their folder outside is LEAKWATCH_RULES_FOLDER.
  'LEAKWATCH_RULES',
  // The image's own, a volume.
  'LEAKWATCH_DATA_DIR',
  // Of deploy/exec.compose.yml.
  'LEAKWATCH_EXEC',
];

test('what .env offers reaches a container', () => {
  const compose = readFileSync('docker-compose.yml', 'utf8');
  expect(VARIABLES.filter((name) => !new RegExp(`\\$\\{${name}:?[-?]`).test(compose)).sort()).toEqual([...NOT_PASSED_ON].sort());
});

test('the archive outlives the worker: where the image has it, there is a volume with a name', () => {
  const [, folder] = /^ENV LEAKWATCH_DATA_DIR=(.+)$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
  expect(read('docker-compose.yml').services.worker?.volumes).toContain(`archive:${folder}`);
});

test('the bot, whom browsers reach, reads the archive and cannot write to it', () => {
  expect(read('docker-compose.yml').services.bot?.volumes).toContain('archive:/data:ro');
});

test('Redis keeps what it was given', () => {
  const command = read('docker-compose.yml').services.redis?.command?.join(' ');
  expect(command).toContain('--appendonly yes');
  expect(command).toContain('--maxmemory-policy noeviction');
});

test('images are called by the version that package.json has', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const path of ['docker-compose.yml', 'deploy/agent-only.compose.yml'])
    expect(read(path).services.agent?.image).toBe(`leakwatch:${version}`);
});
