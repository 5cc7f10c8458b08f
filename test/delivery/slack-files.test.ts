import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeClients } from '../../src/delivery/client.js';
import { makeSlackFiles } from '../../src/delivery/slack-files.js';
import type { SlackFile } from '../../src/model/dropped-file.js';
import { hostileServer } from '../support/hostile-server.js';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';

const MOST = 1_000;
const TOKEN = 'xoxb-the-token';
const never = new AbortController().signal;
const fileAt = (address: string | null, bytes = 3): SlackFile => ({
  ...{ id: 'F1', name: 'heap.pb.gz', bytes, mimetype: 'application/gzip', shares: [], address },
});

let server: Awaited<ReturnType<typeof hostileServer>>;
let elsewhere: Awaited<ReturnType<typeof hostileServer>>;
let answerWith: Parameters<typeof hostileServer>[0];
beforeEach(async () => {
  server = await hostileServer((request, response) => answerWith(request, response));
  elsewhere = await hostileServer((_, response) => void response.end('ours now'));
});
afterEach(async () => {
  await server.close();
  await elsewhere.close();
});
const apiUrl = () => `http://127.0.0.1:${server.port}/api/`;
const filesOf = (readMs?: number) => makeSlackFiles(makeClients(TOKEN, 2_000, apiUrl()), TOKEN, apiUrl(), readMs);
const read = (path: string, bytes?: number) =>
  filesOf().read(fileAt(`http://127.0.0.1:${server.port}${path}`, bytes), MOST, never);

test('the bytes, asked for with the token; a redirect within the host is followed, no other one', async () => {
  answerWith = ({ url }, response) => {
    if (url === '/files/a') response.writeHead(302, { location: '/files/b' }).end();
    else if (url === '/files/out') response.writeHead(302, { location: `http://127.0.0.1:${elsewhere.port}/x` }).end();
    else response.end('abc');
  };
  expect(await read('/files/a')).toEqual(Buffer.from('abc'));
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
  expect(await read('/files/out')).toMatchObject({ problem: expect.stringContaining('files:read') });
  expect(elsewhere.asked).toEqual([]);
});

test.each([
  ['an address of another host', () => `http://127.0.0.1:${elsewhere.port}/files/a`],
  ['one with a name in it', () => `http://me@127.0.0.1:${server.port}/files/a`],
  ['none', () => null],
  ['what is no address', () => 'files/a'],
])('%s is never asked', async (_, address) => {
  answerWith = (_request, response) => void response.end('abc');
  expect(await filesOf().read(fileAt(address()), MOST, never)).toEqual({ problem: 'it does not lie in Slack' });
  expect([...server.asked, ...elsewhere.asked]).toEqual([]);
});

test.each([
  'http://files.slack.com/a',
  'https://files.slack.com.evil.example/a',
  'https://files.slack.com:8443/a',
  'https://hooks.slack.com/a',
])('without a local workspace only Slack’s own file host over https: not %s', async (address) => {
  const files = makeSlackFiles(makeClients(TOKEN, 2_000), TOKEN);
  expect(await files.read(fileAt(address), MOST, never)).toEqual({ problem: 'it does not lie in Slack' });
});

test('too large: not asked for where its size is said, and not read on where that was a lie', async () => {
  let sent = 0;
  answerWith = (_, response) => {
    const more = () => {
      sent += 1;
      if (sent < 10_000 && !response.destroyed) response.write(Buffer.alloc(1_000), () => setImmediate(more));
      else response.end();
    };
    more();
  };
  expect(await read('/files/a', MOST + 1)).toMatchObject({ problem: expect.stringContaining('more than the') });
  expect(server.asked).toEqual([]);
  expect(await read('/files/a', 3)).toMatchObject({ problem: expect.stringContaining('more than the') });
  expect(sent).toBeLessThan(10_000);
});

test('a sign-in page is not the file, with its type or without', async () => {
  for (const headers of [{ 'content-type': 'text/html; charset=utf-8' }, {}]) {
    answerWith = (_, response) => void response.writeHead(200, headers).end('\n<!DOCTYPE html><html>Sign in</html>');
    expect(await read('/files/a')).toMatchObject({ problem: expect.stringContaining('files:read') });
  }
});

test('what may get better is thrown: HTTP 500, 429, an answer that breaks off, one that never ends', async () => {
  answerWith = (_, response) => void response.writeHead(500).end();
  await expect(read('/files/a')).rejects.toThrow('HTTP 500');
  answerWith = (_, response) => void response.writeHead(429, { 'retry-after': '1' }).end();
  await expect(read('/files/a')).rejects.toThrow('asked too much');
  answerWith = (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('abc', () => response.destroy());
  };
  await expect(read('/files/a')).rejects.toThrow('broke off');
  answerWith = (_, response) => void response.writeHead(200).write('abc');
  const address = `http://127.0.0.1:${server.port}/files/a`;
  await expect(filesOf(200).read(fileAt(address), MOST, never)).rejects.toThrow('no answer in 200 ms');
  answerWith = (_, response) => void response.writeHead(404).end();
  expect(await read('/files/a')).toMatchObject({ problem: expect.stringContaining('404') });
});

test('what Slack says of a file: where it was shown, whose it is; gone; without the scope', async () => {
  const workspace: Workspace = await startWorkspace({ delivery: 'http', rateLimits: false });
  try {
    const { ops } = workspace.channels;
    const { ana, stranger } = workspace.users;
    const root = await workspace.say({ user: ana, channel: ops, text: 'it leaks' });
    const sent = { name: 'massif.out.7', bytes: Buffer.from('desc: x\n') };
    const { ts, fileIds } = await workspace.drop({ user: ana, channel: ops, threadTs: root.ts, files: [sent] });
    const files = makeSlackFiles(makeClients(workspace.botToken, 2_000, workspace.apiUrl), workspace.botToken, workspace.apiUrl);
    const about = await files.about(fileIds[0] ?? '', never);
    expect(about).toMatchObject({ name: 'massif.out.7', bytes: 8, team: workspace.teamId });
    expect(about).toMatchObject({ shares: [{ channel: ops, ts, threadTs: root.ts }] });
    expect(await files.read(about as SlackFile, MOST, never)).toEqual(sent.bytes);
    const theirs = await workspace.drop({ user: stranger, channel: workspace.channels.shared, files: [sent] });
    expect(await files.about(theirs.fileIds[0] ?? '', never)).toMatchObject({ team: 'T0OTHER0001' });
    workspace.removeFile(fileIds[0] ?? '');
    expect(await files.about(fileIds[0] ?? '', never)).toBeNull();
    workspace.fault({ method: 'files.info', kind: 'word', word: 'missing_scope' });
    expect(await files.about(theirs.fileIds[0] ?? '', never)).toMatchObject({ problem: expect.stringContaining('manifest.yml') });
    workspace.fault({ method: 'files.info', kind: 'http500' });
    await expect(files.about(theirs.fileIds[0] ?? '', never)).rejects.toThrow('Slack does not say');
  } finally {
    await workspace.stop();
  }
});
