import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

type Locked = {
  readonly version?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
};
const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
const lock = JSON.parse(read('package-lock.json')) as {
  lockfileVersion: number;
  packages: Record<string, Locked & { resolved?: string }>;
};
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

/** None of them is run (`ignore-scripts` in .npmrc), and all of them work without. Whoever adds one looks at what it does. */
const WITH_INSTALL_SCRIPTS = [
  ...['@parcel/watcher', '@swc/core', 'cpu-features', 'esbuild', 'msgpackr-extract', 'protobufjs', 'ssh2'],
].map((name) => `node_modules/${name}`);

test('what is installed is what was looked at: a hash each, from a registry, none with a script of its own that is new', () => {
  expect(lock.lockfileVersion).toBe(3);
  expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  expect(packages.filter(([, { resolved, link }]) => resolved !== undefined || link).map(([path]) => path)).toEqual([]);
  expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual(WITH_INSTALL_SCRIPTS);
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
});

test('of each direct dependency one version, and a line that says why it', () => {
  const docs = read('docs/dependencies.md');
  const all = Object.entries({ ...dependencies, ...devDependencies });
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(all.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  expect(Object.keys(dependencies ?? {}).filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
});

test.each([
  // GHSA of Bolt before 4.7.3; what BullMQ 6 made anew.
  ['@slack/bolt', [4, 7, 3]],
  ['bullmq', [6, 0, 0]],
] as const)('%s is not older than what is known to be wrong', (name, floor) => {
  const version = String(dependencies?.[name]).split('.').map(Number);
  const at = floor.findIndex((part, i) => part !== version[i]);
  expect(at === -1 || Number(version[at]) > Number(floor[at])).toBe(true);
});
