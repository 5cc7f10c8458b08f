import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';
import { clientOf, wordOf } from './client.js';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(40, 7)]);
let workspace: Workspace;
let slack: WebClient;
beforeEach(async () => {
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false, timing: { fileReadyMs: Number.POSITIVE_INFINITY } });
  slack = clientOf(workspace);
});
afterEach(() => workspace.stop());

const picture = (id: string) => ({
  channel: workspace.channels.ops,
  text: 'chart',
  blocks: [{ type: 'image' as const, slack_file: { id }, alt_text: 'memory rises' }],
});

/** The three calls; bytes as the body itself, or in a form's part. */
async function upload(bytes: Buffer, form = false): Promise<string> {
  const slot = await slack.files.getUploadURLExternal({ filename: 'rss.png', length: bytes.length });
  const part = new FormData();
  part.set('body', new Blob([new Uint8Array(bytes)]), 'rss.png');
  const sent = await fetch(String(slot.upload_url), { method: 'POST', body: form ? part : new Uint8Array(bytes) });
  expect(await sent.text()).toBe(`OK - ${bytes.length}`);
  await slack.files.completeUploadExternal({ files: [{ id: String(slot.file_id), title: 'RSS' }] });
  return String(slot.file_id);
}

test.each([false, true])('a picture cannot be shown until Slack has looked at it (in a form: %s)', async (form) => {
  const id = await upload(PNG, form);
  expect((await slack.files.info({ file: id })).file).toMatchObject({ mimetype: '', filetype: '', shares: {} });
  expect(await wordOf(slack.chat.postMessage(picture(id)))).toBe('invalid_blocks');
  expect(workspace.fileBytes(id)).toBeUndefined();
  workspace.finishFiles();
  expect((await slack.files.info({ file: id })).file).toMatchObject({ mimetype: 'image/png', title: 'RSS', size: PNG.length });
  expect(await wordOf(slack.chat.postMessage(picture(id)))).toBe('nothing');
  expect(workspace.fileBytes(id)).toEqual(PNG);
  expect(workspace.transcript(workspace.channels.ops)).toContain('[image: memory rises]');
});

test('what is no picture is never shown as one', async () => {
  const id = await upload(Buffer.from('<svg/>'));
  workspace.finishFiles();
  expect(await wordOf(slack.chat.postMessage(picture(id)))).toBe('invalid_blocks');
});

test('filesUploadV2 of the SDK: shared later, in the thread', async () => {
  const { ops: channel } = workspace.channels;
  const { ts } = await slack.chat.postMessage({ channel, text: 'card' });
  const thread_ts = String(ts);
  const done = (await slack.filesUploadV2({
    channel_id: channel,
    thread_ts,
    file: PNG,
    filename: 'a.png',
    initial_comment: 'RSS',
  })) as unknown;
  const id = String((done as { files: { files: { id: string }[] }[] }).files[0]?.files[0]?.id);
  expect(workspace.messages(channel)).toHaveLength(1);
  workspace.finishFiles();
  const [, share] = workspace.messages(channel);
  expect(share).toMatchObject({ text: 'RSS', threadTs: thread_ts, fileIds: [id] });
  expect((await slack.files.info({ file: id })).file?.shares).toEqual({
    public: { [channel]: [{ ts: share?.ts, thread_ts }] },
  });
});

test('steps out of order, and places where the bot may not share', async () => {
  const slot = await slack.files.getUploadURLExternal({ filename: 'a.png', length: 9 });
  const complete = (more: object) => slack.files.completeUploadExternal({ files: [{ id: String(slot.file_id) }], ...more });
  expect(await wordOf(complete({}))).toBe('file_not_found');
  expect(await wordOf(slack.files.info({ file: String(slot.file_id) }))).toBe('file_not_found');
  await fetch(String(slot.upload_url), { method: 'POST', body: new Uint8Array(PNG) });
  expect(await wordOf(complete({ channel_id: workspace.channels.lobby }))).toBe('not_in_channel');
  expect(await wordOf(complete({}))).toBe('nothing');
  expect((await fetch(String(slot.upload_url), { method: 'POST', body: 'again' })).status).toBe(404);
  expect(await wordOf(slack.files.getUploadURLExternal({ filename: 'a.png', length: 0 }))).toBe('missing_argument');
  expect(
    await wordOf(slack.apiCall('files.getUploadURLExternal', { filename: 'a', length: 1, alt_txt: 'x'.repeat(1_001) })),
  ).toBe('alt_txt_too_large');
});

test('private URLs are for who has the token', async () => {
  const id = await upload(PNG);
  workspace.finishFiles();
  const url = String((await slack.files.info({ file: id })).file?.url_private);
  expect((await fetch(url)).headers.get('content-type')).toBe('text/html');
  const own = await fetch(url, { headers: { authorization: `Bearer ${workspace.botToken}` } });
  expect(Buffer.from(await own.arrayBuffer())).toEqual(PNG);
});

test('an upload that fails half-way leaves nothing to see', async () => {
  workspace.fault({ method: 'upload', kind: 'http500' });
  const slot = await slack.files.getUploadURLExternal({ filename: 'a.png', length: 9 });
  expect((await fetch(String(slot.upload_url), { method: 'POST', body: new Uint8Array(PNG) })).status).toBe(500);
  expect(await wordOf(slack.files.completeUploadExternal({ files: [{ id: String(slot.file_id) }] }))).toBe('file_not_found');
  expect(workspace.calls.map(({ method }) => method)).toContain('upload');
});
