import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Archive, ArchiveKind } from '../../src/model/archive.js';
import { ARCHIVE_LIMITS, makeFileArchive } from '../../src/store/file-archive.js';

const [HOUR, DAY] = [3_600_000, 24 * 3_600_000];
let root: string;
let outside: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'leakwatch-archive-'));
  root = join(outside, 'data');
});
afterEach(() => rmSync(outside, { recursive: true }));

async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}
const put = (archive: Archive, name: string, text = name, kind: ArchiveKind = 'series') =>
  archive.put({ kind, name, form: 'json', meta: { of: name } }, pieces(text));

async function textOf(archive: Archive, name: string, kind: ArchiveKind = 'series'): Promise<string | null> {
  const found = await archive.get(kind, name);
  if (!found) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of found.content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Every file below a folder, relative to it. */
const filesBelow = (folder: string) =>
  (readdirSync(folder, { recursive: true, encoding: 'utf8' }) as string[]).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
/** Makes what lies under a stem that long old. */
function age(ageMs: number, of = ''): void {
  const at = (Date.now() - ageMs) / 1_000;
  for (const path of filesBelow(root).filter((one) => basename(one).includes(of))) utimesSync(join(root, path), at, at);
}

describe('what is put there', () => {
  test('is given back, listed oldest first, takes its own place when it is put again, and is removed', async () => {
    let nowMs = 1_000;
    const archive = makeFileArchive(root, ARCHIVE_LIMITS, () => nowMs);
    await put(archive, 'a', 'first');
    nowMs = 2_000;
    await put(archive, 'b');
    const listed = await archive.list('series');
    expect(listed).toMatchObject([
      { kind: 'series', name: 'a', form: 'json', meta: { of: 'a' }, bytes: 5, atMs: 1_000 },
      { kind: 'series', name: 'b', form: 'json', meta: { of: 'b' }, bytes: 1, atMs: 2_000 },
    ]);
    // What a person looks for in the folder.
    for (const { file } of listed) expect(existsSync(join(root, 'series', file ?? ''))).toBe(true);
    nowMs = 3_000;
    await put(archive, 'a', 'second');
    expect((await archive.list('series')).map(({ name, atMs }) => [name, atMs])).toEqual([
      ['b', 2_000],
      ['a', 3_000],
    ]);
    expect(await textOf(archive, 'a')).toBe('second');
    expect(await textOf(archive, 'a', 'cases')).toBeNull();
    await archive.remove('series', 'a');
    await archive.remove('series', 'a');
    expect(await textOf(archive, 'a')).toBeNull();
    expect(await archive.list('series')).toHaveLength(1);
    expect(await archive.list('cases')).toEqual([]);
  });

  test('is for its owner alone', async () => {
    const before = process.umask(0);
    try {
      await put(makeFileArchive(root), 'a');
    } finally {
      process.umask(before);
    }
    for (const path of filesBelow(root)) expect(statSync(join(root, path)).mode & 0o777).toBe(0o600);
    for (const folder of ['', 'series', 'temporary']) expect(statSync(join(root, folder)).mode & 0o777).toBe(0o700);
  });

  test('breaks off: nothing is there, and what was there before is as it was', async () => {
    const archive = makeFileArchive(root);
    await put(archive, 'a', 'first');
    async function* breaking(): AsyncGenerator<Buffer> {
      yield Buffer.from('sec');
      throw new Error('Redis went away');
    }
    const again = archive.put({ kind: 'series', name: 'a', form: 'json', meta: {} }, breaking());
    await expect(again).rejects.toThrow('Redis went away');
    expect(await textOf(archive, 'a')).toBe('first');
    expect(readdirSync(join(root, 'temporary'))).toEqual([]);
  });
});

describe('names', () => {
  const HOSTILE = [
    ...['../../x', '..', '.', '/etc/passwd', 'a\0b', 'CON', 'é'.repeat(300), 'x'.repeat(5_000), '', '\u202e', 'a b', 'a-b'],
    ...['a/b', 'a.manifest.json', '-rf', '.hidden', 'A', 'a', '名前'],
  ];
  test('may be anything: each is an entry of its own, and no file is anywhere else', async () => {
    const archive = makeFileArchive(root);
    for (const name of HOSTILE) await put(archive, name, `content of ${name}`);
    for (const name of HOSTILE) expect(await textOf(archive, name)).toBe(`content of ${name}`);
    expect(new Set((await archive.list('series')).map(({ name }) => name))).toEqual(new Set(HOSTILE));
    expect(readdirSync(outside)).toEqual(['data']);
    const files = readdirSync(join(root, 'series'));
    expect(files).toHaveLength(2 * HOSTILE.length);
    for (const file of files) expect(file).toMatch(/^[A-Za-z0-9_][\w.-]{1,130}$/);
    expect(files.filter((file) => file.startsWith('etc-passwd-'))).toHaveLength(2);
  });

  test('a link that was put in the place of a folder or a file is not followed', async () => {
    const archive = makeFileArchive(root);
    await put(archive, 'a');
    const elsewhere = join(outside, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(root, 'cases'));
    await expect(put(archive, 'b', 'b', 'cases')).rejects.toMatchObject({ who: 'world' });
    expect(readdirSync(elsewhere)).toEqual([]);
    const [manifest = ''] = readdirSync(join(root, 'series')).filter((file) => file.endsWith('.manifest.json'));
    writeFileSync(join(elsewhere, 'm.json'), readFileSync(join(root, 'series', manifest)));
    rmSync(join(root, 'series', manifest));
    symlinkSync(join(elsewhere, 'm.json'), join(root, 'series', manifest));
    await expect(archive.get('series', 'a')).rejects.toMatchObject({ message: expect.stringContaining('a link lies') });
  });

  test('a manifest that points out of its folder, or is cut, is damaged', async () => {
    const archive = makeFileArchive(root);
    await put(archive, 'a');
    const path = join(
      ...[root, 'series', readdirSync(join(root, 'series')).find((file) => file.endsWith('.manifest.json')) ?? ''],
    );
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/"file":"[^"]+"/, '"file":"../../x.0123456789ab.json"'));
    await expect(archive.get('series', 'a')).rejects.toThrow('no manifest');
    writeFileSync(path, text.slice(0, 40));
    await expect(archive.list('series')).rejects.toThrow('no manifest');
  });

  test('a content that is taken out between being found and being read is the world’s error, in words', async () => {
    const archive = makeFileArchive(root);
    await put(archive, 'gone');
    const found = await archive.get('series', 'gone');
    await archive.remove('series', 'gone');
    const read = found?.content[Symbol.asyncIterator]().next();
    await expect(read).rejects.toMatchObject({ who: 'world', message: expect.stringMatching(/was taken out meanwhile$/) });
  });

  test('a content that is not as long as it was is damaged, not short', async () => {
    const archive = makeFileArchive(root);
    await put(archive, 'a', 'whole');
    const file = readdirSync(join(root, 'series')).find((one) => !one.endsWith('.manifest.json')) ?? '';
    truncateSync(join(root, 'series', file), 3);
    await expect(textOf(archive, 'a')).rejects.toThrow('it has 3 bytes, and had 5');
  });
});

describe('what leaves', () => {
  test('over the quota the oldest goes, and never what was just written', async () => {
    const archive = makeFileArchive(root, { ...ARCHIVE_LIMITS, quotaBytes: 3_000 });
    for (const [i, name] of ['old', 'middle', 'new'].entries()) {
      await put(archive, name, name[0]?.repeat(1_200), i === 1 ? 'cases' : 'series');
      age((3 - i) * HOUR, name);
    }
    expect(await textOf(archive, 'old')).toBeNull();
    expect(await textOf(archive, 'middle', 'cases')).toHaveLength(1_200);
    expect(await textOf(archive, 'new')).toHaveLength(1_200);
    await put(archive, 'large', 'l'.repeat(2_500));
    expect((await archive.list('series')).map(({ name }) => name)).toEqual(['large']);
    expect(await archive.list('cases')).toEqual([]);
    expect(await archive.tidy()).toMatchObject({ entries: 1, mostBytes: 3_000 });
    // Set back, the clock makes what was just written the oldest.
    age(-HOUR);
    await put(archive, 'now', 'n'.repeat(1_200));
    expect((await archive.list('series')).map(({ name }) => name)).toEqual(['now']);
  });

  test('what is larger than all of it is refused, and takes nobody’s place', async () => {
    const archive = makeFileArchive(root, { ...ARCHIVE_LIMITS, quotaBytes: 3_000 });
    await put(archive, 'a');
    await expect(put(archive, 'b', 'b'.repeat(3_001))).rejects.toMatchObject({ who: 'world' });
    expect(await textOf(archive, 'a')).toBe('a');
    expect(readdirSync(join(root, 'temporary'))).toEqual([]);
  });

  test('what is too old; what was replaced, and what crashed writers left, after an hour', async () => {
    const archive = makeFileArchive(root, { ...ARCHIVE_LIMITS, maxAgeMs: 30 * DAY });
    for (const name of ['old', 'young', 'twice']) await put(archive, name);
    await put(archive, 'twice', 'again');
    writeFileSync(join(root, 'temporary', 'draft'), 'half');
    rmSync(join(root, 'series', readdirSync(join(root, 'series')).find((file) => /^young.*manifest/.test(file)) ?? ''));
    await archive.tidy();
    expect(filesBelow(root)).toHaveLength(2 + 1 + 3 + 1);
    age(2 * HOUR);
    age(31 * DAY, 'old');
    await archive.tidy();
    expect((await archive.list('series')).map(({ name }) => name)).toEqual(['twice']);
    expect(await textOf(archive, 'twice')).toBe('again');
    expect(filesBelow(root)).toHaveLength(2);
  });

  test('what is not ours stays', async () => {
    const archive = makeFileArchive(root, { ...ARCHIVE_LIMITS, quotaBytes: 2_000 });
    await put(archive, 'a');
    writeFileSync(join(root, 'series', 'notes.txt'), 'x'.repeat(5_000));
    writeFileSync(join(root, 'README'), 'mine');
    age(400 * DAY);
    await archive.tidy();
    expect(filesBelow(root).sort()).toEqual(['README', 'series/notes.txt']);
  });
});

test('a disk that does not take it is named in words', async () => {
  writeFileSync(root, 'a file');
  await expect(put(makeFileArchive(root), 'a')).rejects.toMatchObject({
    ...{ who: 'world', message: expect.stringContaining('cannot be used: its folder is a file') },
  });
  if (process.getuid?.() === 0) return;
  rmSync(root);
  mkdirSync(root);
  chmodSync(root, 0o500);
  await expect(put(makeFileArchive(root), 'a')).rejects.toThrow('may not be written');
});

/** A disk of its own, 64 KB; to mount one takes root, as the engine does that other tests need. */
const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot('a disk that is full: said, nothing half is there, what was there is whole, and then there is room again', async () => {
  mkdirSync(root);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', root]);
  try {
    const archive = makeFileArchive(root);
    await put(archive, 'a', 'a'.repeat(20_000));
    const full = { who: 'world', message: expect.stringContaining('its disk is full') };
    await expect(put(archive, 'b', 'b'.repeat(50_000))).rejects.toMatchObject(full);
    expect(readdirSync(join(root, 'temporary'))).toEqual([]);
    expect(await textOf(archive, 'a')).toHaveLength(20_000);
    writeFileSync(join(root, 'notes'), 'x'.repeat(38_000));
    await expect(archive.tidy()).rejects.toMatchObject(full);
    rmSync(join(root, 'notes'));
    expect(await archive.tidy()).toMatchObject({ entries: 1 });
  } finally {
    execFileSync('umount', [root]);
  }
});

/** A writer in a process of its own. */
function writer(name: string, count = '40'): ChildProcess {
  return fork('test/store/archive-writer-process.ts', [root, name, count], { execArgv: ['--import', 'tsx'] });
}
async function heard(child: ChildProcess, word: string): Promise<void> {
  for (;;) if ((await once(child, 'message'))[0] === word) return;
}
async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('processes', () => {
  test('one that is killed in the middle of a file leaves no half entry, and its draft goes', async () => {
    const archive = makeFileArchive(root);
    const child = writer('a');
    try {
      await heard(child, 'half');
    } finally {
      await kill(child);
    }
    const left = await textOf(archive, 'a');
    expect([null, 400_000]).toContain(left === null ? null : left.length);
    expect(readdirSync(join(root, 'temporary')).length).toBeLessThanOrEqual(1);
    age(2 * HOUR);
    await archive.tidy();
    expect(readdirSync(join(root, 'temporary'))).toEqual([]);
    expect(filesBelow(root)).toHaveLength(left === null ? 0 : 2);
  }, 60_000);

  test('two write the same entry while a third one reads: what is read is always one of theirs, whole', async () => {
    const archive = makeFileArchive(root);
    const children = [writer('a', '6'), writer('a', '6')];
    try {
      await Promise.all(children.map((child) => heard(child, 'there')));
      const deadline = Date.now() + 3_000;
      let reads = 0;
      while (Date.now() < deadline) {
        const text = await textOf(archive, 'a');
        expect(text).toMatch(/^([a-z])\1*$/);
        expect(text).toHaveLength(60_000);
        reads += 1;
      }
      expect(reads).toBeGreaterThan(20);
    } finally {
      await Promise.all(children.map(kill));
    }
    expect(existsSync(join(root, 'series'))).toBe(true);
    expect(await archive.list('series')).toHaveLength(1);
  }, 60_000);
});
