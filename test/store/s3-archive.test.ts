import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Archive, ArchiveKind } from '../../src/model/archive.js';
import { ARCHIVE_LIMITS } from '../../src/store/file-archive.js';
import { makeS3Archive } from '../../src/store/s3-archive.js';
import { openBucket } from '../../src/store/s3-bucket.js';
import { until } from '../support/parts/process.js';
import { patient } from '../support/patience.js';
import { type S3Part, startS3 } from '../support/s3.js';

/** A real one (MinIO, for example), with its credentials in the environment: `LEAKWATCH_TEST_S3=s3://heaps/run-1?endpoint=http://127.0.0.1:9000`. */
const REAL = process.env.LEAKWATCH_TEST_S3;
const [HOUR, DAY] = [3_600_000, 24 * 3_600_000];
let s3: S3Part;
let url: string;
const before = { ...process.env };
beforeEach(async () => {
  s3 = await startS3();
  url = s3.url;
  if (!REAL) Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' });
});
afterEach(async () => {
  process.env = { ...before };
  await s3.stop();
});

async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}
const put = (archive: Archive, name: string, text: string, kind: ArchiveKind = 'heaps') =>
  archive.put({ kind, name, form: 'pb.gz', meta: { of: name } }, pieces(text.slice(0, 3), text.slice(3)));
async function textOf(archive: Archive, name: string, kind: ArchiveKind = 'heaps'): Promise<string | null> {
  const found = await archive.get(kind, name);
  if (!found) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of found.content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
const names = async (archive: Archive) => (await archive.list('heaps')).map(({ name }) => name);

describe.each(REAL ? ['a double', REAL] : ['a double'])('an archive in a bucket (%s)', (which) => {
  const archiveAt = (nowMs?: () => number) => makeS3Archive(which === REAL ? REAL : url, ARCHIVE_LIMITS, nowMs);

  test('gives back what was put there, oldest first; put again it takes its own place; removed it is gone', async () => {
    let nowMs = Date.now();
    const archive = archiveAt(() => nowMs);
    const [first, second] = [`shop/api 1 ${nowMs}`, `../../x ${nowMs}`];
    await put(archive, first, 'one heap');
    nowMs += 1_000;
    await put(archive, second, 'another heap');
    expect(await textOf(archive, first)).toBe('one heap');
    expect((await names(archive)).filter((name) => [first, second].includes(name))).toEqual([first, second]);
    await put(archive, first, 'a newer heap');
    expect(await textOf(archive, first)).toBe('a newer heap');
    const [entry] = (await archive.list('heaps')).filter(({ name }) => name === first);
    expect(entry).toMatchObject({ kind: 'heaps', form: 'pb.gz', bytes: 12, atMs: nowMs, meta: { of: first } });
    const state = await archive.tidy();
    expect(state.mostBytes).toBeNull();
    expect(state.entries).toBeGreaterThanOrEqual(2);
    for (const name of [first, second, 'never there']) await archive.remove('heaps', name);
    expect([await textOf(archive, first), await textOf(archive, 'never there')]).toEqual([null, null]);
  });

  test('a link of its own gives one file to whoever has it, under its name, for so long', async () => {
    const archive = archiveAt();
    const name = `linked ${Date.now()}`;
    await put(archive, name, 'a heap');
    const link = (await archive.link?.('heaps', name, 15 * 60_000)) ?? '';
    const response = await fetch(link);
    expect([response.status, await response.text()]).toEqual([200, 'a heap']);
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="linked-\d+-[\w-]+\.[0-9a-f]{12}\.pb\.gz"$/,
    );
    expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('900');
    expect(new URL(link).searchParams.get('X-Amz-SignedHeaders')).toBe('host');
    if (which === REAL) {
      const of = (changed: string) => fetch(changed).then(({ status }) => status);
      expect(await of(link.replace('linked-', 'another-'))).toBe(403);
      expect(await of(link.replace('X-Amz-Expires=900', 'X-Amz-Expires=9000'))).toBe(403);
      const short = (await archive.link?.('heaps', name, 2_000)) ?? '';
      expect(await of(short)).toBe(200);
      await until('the link to end', 10_000, async () => (await of(short)) === 403);
    }
    await archive.remove('heaps', name);
    expect(await archive.link?.('heaps', name, 1_000)).toBeNull();
  });

  test('what does not come to its end leaves what was there', async () => {
    const archive = archiveAt();
    const name = `broken ${Date.now()}`;
    await put(archive, name, 'whole');
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('ha');
      throw new Error('the agent died');
    }
    await expect(archive.put({ kind: 'heaps', name, form: 'pb.gz', meta: {} }, broken())).rejects.toThrow('the agent died');
    expect(await textOf(archive, name)).toBe('whole');
    await archive.remove('heaps', name);
  });
});

test.each([
  ['fr-par', 'fr-par'],
  ['', 'us-east-1'],
  [undefined, 'us-east-1'],
])('what is not Amazon’s is asked in the region of AWS_REGION (%s): links too', async (region, signed) => {
  Object.assign(process.env, { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' });
  if (region === undefined) delete process.env.AWS_REGION;
  else process.env.AWS_REGION = region;
  const archive = makeS3Archive(url);
  await put(archive, 'one', 'a heap');
  expect((await fetch((await archive.link?.('heaps', 'one', 60_000)) ?? '')).status).toBe(200);
  expect(s3.regions).toEqual(new Set([signed]));
});

test('what is too old leaves, and so does what nobody finished; what is being put stays', async () => {
  let nowMs = Date.now();
  const archive = makeS3Archive(url, ARCHIVE_LIMITS, () => nowMs);
  await put(archive, 'old', 'a heap');
  await put(archive, 'young', 'a heap');
  for (const [key, object] of s3.objects) if (key.includes('/old-')) object.changedMs -= 31 * DAY;
  s3.objects.set('leakwatch/heaps/half-0123456789abcdef.0123456789ab.pb.gz', {
    bytes: Buffer.from('x'),
    changedMs: nowMs - 2 * HOUR,
  });
  s3.objects.set('leakwatch/heaps/now-0123456789abcdef.0123456789ab.pb.gz', { bytes: Buffer.from('x'), changedMs: nowMs });
  s3.objects.set('other/heaps/half.pb.gz', { bytes: Buffer.from('x'), changedMs: 0 });
  nowMs += 1;
  expect(await archive.tidy()).toMatchObject({ entries: 1 });
  expect(await names(archive)).toEqual(['young']);
  expect([...s3.objects.keys()].map((key) => key.replace(/-.*/, '')).sort()).toEqual([
    'leakwatch/heaps/now',
    'leakwatch/heaps/young',
    'leakwatch/heaps/young',
    'other/heaps/half.pb.gz',
  ]);
});

test('a content that is not as long as it was is damaged, not short', async () => {
  const archive = makeS3Archive(url);
  await put(archive, 'cut', 'a whole heap');
  for (const [key, object] of s3.objects) if (key.endsWith('.pb.gz')) object.bytes = object.bytes.subarray(0, 5);
  await expect(archive.get('heaps', 'cut')).rejects.toThrow(/is damaged: it has 5 bytes, and had 12/);
});

/** Nobody waits for a bucket longer than this here. */
const impatient = (answerMs = 300) => makeS3Archive(url, ARCHIVE_LIMITS, Date.now, openBucket(url, answerMs));

test.each([
  ['hang up', /cannot be used: it broke off in the middle of an answer/],
  ['stall', /cannot be used: its content: no answer in \d+ ms/],
] as const)('a bucket that does not send a content to its end (%s) is the world’s error, in words', async (how, words) => {
  const archive = impatient();
  await put(archive, 'large', 'a heap'.repeat(1_000));
  s3.breakOff(how, 1_000);
  const read = textOf(archive, 'large');
  await expect(read).rejects.toThrow(words);
  await expect(read).rejects.toMatchObject({ who: 'world' });
  s3.breakOff(null);
  expect(await textOf(archive, 'large')).toHaveLength(6_000);
});

test.each(['hang up', 'stall'] as const)('a manifest that does not come to its end (%s) is not called damaged', async (how) => {
  const archive = impatient();
  await put(archive, 'one', 'a heap');
  s3.breakOff(how);
  await expect(archive.get('heaps', 'one')).rejects.toThrow(/cannot be used: (it broke off|its content: no answer)/);
});

test('a large heap by a slow line has the time that it takes', async () => {
  const archive = impatient(patient(1_000));
  s3.readSlowly(patient(50));
  const large = 'a heap by a slow line '.repeat(150_000);
  await put(archive, 'large', large);
  s3.readSlowly(0);
  expect((await textOf(archive, 'large')) === large).toBe(true);
});

test.each([
  ['SlowDown', 503, /it is busy/],
  ['PermanentRedirect', 301, /another region: AWS_REGION/],
  ['AuthorizationHeaderMalformed', 400, /another region: AWS_REGION/],
])('%s (%d) is said in words', async (code, status, words) => {
  s3.refuse(code, status);
  await expect(makeS3Archive(url).list('heaps')).rejects.toThrow(words);
});

test.each([
  ['AccessDenied', /these credentials may not do that/],
  ['InvalidAccessKeyId', /access key is not known/],
  ['SignatureDoesNotMatch', /secret key is wrong/],
])('%s is said in words, and without the secret', async (code, words) => {
  s3.refuse(code);
  const failed = await makeS3Archive(url)
    .list('heaps')
    .catch((error: Error) => error);
  expect(String(failed)).toMatch(words);
  expect(String(failed)).toContain('s3://heaps/leakwatch/');
});

test('a bucket that is not there, and an endpoint that nobody answers at', async () => {
  await expect(makeS3Archive(url.replace('s3://heaps', 's3://nowhere')).tidy()).rejects.toThrow(/there is no such bucket/);
  await s3.stop();
  await expect(makeS3Archive(url).list('heaps')).rejects.toThrow(/nobody answers at its endpoint/);
  s3 = await startS3();
});
