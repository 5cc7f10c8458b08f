import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { parse } from 'yaml';
import { buildGo, goBinary } from '../../test/support/parts/go.js';
import { buildProgramImage, type ProgramImage } from '../../test/support/parts/program-image.js';
import { buildCadvisor } from '../live/cadvisor.js';
import { FILTER, GRAFANA } from './stand-ins.js';

const SHELL = ['/bin/sh', '/bin/mkdir', '/bin/chown'];
const NOBODY = '65534:65534';
const owned = (folder: string, owner: string) => `RUN mkdir -p ${folder} && chown ${owner} ${folder}`;

/**
 * Images by the names of docker-compose.yml and of its Dockerfiles, of this machine's programs: no registry is asked. In the two that others are
 * built from, `npm ci` and `go build` really run, so the Dockerfiles are tried as they are. Needs what `bench/run.sh compose` installs.
 */
export async function buildImages(docker: Docker, log: (line: string) => void): Promise<void> {
  for (const image of await images()) {
    log(`image ${image.tag}`);
    await buildProgramImage(docker, image);
  }
}

async function images(): Promise<ProgramImage[]> {
  const npm = join(dirname(process.execPath), '../lib/node_modules/npm');
  const go = dirname(dirname(goBinary()));
  return [
    {
      tag: baseOf('Dockerfile'),
      programs: [...SHELL, '/bin/chmod', '/usr/bin/env', process.execPath],
      // What every Debian has of libc6, and some library may be linked with.
      copied: [npm, ...(await librariesOf('libc6'))],
      files: {
        '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
        '/etc/group': 'root:x:0:\nnode:x:1000:\n',
        // Whoever this machine trusts.
        '/etc/ssl/certs/ca-certificates.crt': readFileSync('/etc/ssl/certs/ca-certificates.crt'),
      },
      links: { '/bin/npm': join(npm, 'bin/npm-cli.js') },
      dockerfile: [`ENV PATH=${dirname(process.execPath)}:/usr/bin:/bin NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt`],
    },
    {
      tag: baseOf('demo/services/Dockerfile'),
      programs: ['/bin/sh'],
      copied: [go],
      dockerfile: [`ENV PATH=${go}/bin:/bin GOTOOLCHAIN=local GOPROXY=off`],
    },
    {
      tag: imageOf('redis'),
      programs: ['/bin/sh', '/usr/bin/redis-server', '/usr/bin/redis-cli'],
      // The image of that name is built to answer without a password whom its network lets in.
      dockerfile: [
        ...['ENV PATH=/usr/bin:/bin', 'WORKDIR /data', 'VOLUME /data'],
        'ENTRYPOINT ["/bin/sh", "-c", "exec \\"$@\\" --protected-mode no", "entry"]',
      ],
    },
    {
      tag: imageOf('prometheus'),
      programs: [...SHELL, '/usr/bin/prometheus', '/usr/bin/wget'],
      dockerfile: [
        ...['ENV PATH=/usr/bin:/bin', owned('/prometheus', NOBODY), `USER ${NOBODY}`, 'WORKDIR /prometheus'],
        'ENTRYPOINT ["/usr/bin/prometheus"]',
      ],
    },
    {
      tag: imageOf('alertmanager'),
      programs: [...SHELL, '/usr/bin/prometheus-alertmanager', '/usr/bin/wget'],
      copied: ['/usr/share/prometheus/alertmanager'],
      links: { '/bin/alertmanager': '/usr/bin/prometheus-alertmanager' },
      dockerfile: ['ENV PATH=/usr/bin:/bin', owned('/alertmanager', NOBODY), `USER ${NOBODY}`, 'WORKDIR /alertmanager'],
    },
    {
      tag: imageOf('cadvisor'),
      programs: ['/usr/bin/wget'],
      files: { '/usr/bin/cadvisor': await readFile(await buildCadvisor()) },
      dockerfile: ['ENV PATH=/usr/bin', 'ENTRYPOINT ["/usr/bin/cadvisor"]'],
    },
    {
      tag: imageOf('docker-filter'),
      files: { '/bin/filter': await buildGo({ 'go.mod': 'module leakwatch.test/filter\n\ngo 1.24\n', 'main.go': FILTER }) },
      dockerfile: ['ENTRYPOINT ["/bin/filter"]'],
    },
    {
      tag: imageOf('grafana'),
      programs: ['/usr/bin/wget'],
      files: { '/bin/grafana': await buildGo({ 'main.go': GRAFANA }) },
      dockerfile: ['ENV PATH=/usr/bin', 'USER 472', 'ENTRYPOINT ["/bin/grafana"]'],
    },
  ];
}

async function librariesOf(debianPackage: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('dpkg-query', ['-L', debianPackage]);
  return stdout.split('\n').filter((path) => /\.so\.\d+$/.test(path));
}

function baseOf(dockerfile: string): string {
  const [, name] = /^FROM (\S+)/m.exec(readFileSync(dockerfile, 'utf8')) ?? [];
  if (!name) throw new Error(`${dockerfile} is built from nothing`);
  return name;
}

function imageOf(service: string): string {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
  return services[service].image;
}
