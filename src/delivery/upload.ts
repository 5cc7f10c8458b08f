import { setTimeout as sleep } from 'node:timers/promises';
import { within, worldError } from '../errors.js';
import type { Uploader } from '../model/delivery.js';
import { field, type MakeClient } from './client.js';
import { attempt, type Result } from './errors.js';
import { request } from './request.js';

/** Slack scans and converts after `complete` (slackapi/bolt-js#2115); a file shown too early is `invalid slack file`. */
const READY_DEADLINE_MS = 15_000;
const POLL_MS = { first: 250, last: 2_000 };
/** The bytes go to another host and may take longer than a call; 1 MB on a slow line. */
const BYTES_MS = 15_000;
/** docs.slack.dev/reference/methods/files.getUploadURLExternal */
const MAX_ALT_LENGTH = 1_000;
/** What Slack will say again tomorrow (docs.slack.dev, errors of the files methods). */
const REFUSED = /^(missing_scope|file_upload|storage_limit_reached|file_type_not_allowed|access_denied|posting_to_|alt_txt_)/;

/**
 * The three raw calls, not `filesUploadV2`: that one sends `alt_text` where Slack reads `alt_txt`, and posts the token to the
 * upload host. Without a channel nothing is shown until a message of ours names the file: a picture by an image block, a text by
 * a link, which is what makes it one that others can open (slackapi/bolt-python#1018). So posting stays the outbox' alone.
 */
export function makeUploader(makeClient: MakeClient): Uploader {
  const client = makeClient(() => true);
  return {
    async upload(png, chart, signal) {
      const file = { bytes: png, type: 'image/png', filename: 'leakwatch.png', title: chart.title };
      const done = await attempt(async () => {
        const { fileId } = await put(file, { alt_txt: chart.altText.slice(0, MAX_ALT_LENGTH) }, signal);
        return { fileId };
      });
      return outcome(done, 'The chart');
    },
    async uploadText({ filename, title, text, type = 'text/markdown' }, signal) {
      const file = { bytes: Buffer.from(text), type, filename, title };
      const done = await attempt(async () => ({ permalink: field((await put(file, {}, signal)).info, 'permalink') }));
      return outcome(done, 'The document');
    },
  };

  async function put(file: Upload, more: object, signal: AbortSignal): Promise<{ fileId: string; info: object }> {
    const { bytes, filename, title } = file;
    const slot = await client.apiCall('files.getUploadURLExternal', { filename, length: bytes.byteLength, ...more });
    const fileId = field(slot, 'file_id');
    await sendBytes(field(slot, 'upload_url'), file, signal);
    await client.apiCall('files.completeUploadExternal', { files: [{ id: fileId, title }] });
    return { fileId, info: await ready(fileId) };
  }

  async function ready(fileId: string): Promise<object> {
    const deadline = performance.now() + READY_DEADLINE_MS;
    for (let waitMs = POLL_MS.first; performance.now() < deadline; waitMs = Math.min(waitMs * 2, POLL_MS.last)) {
      const { file } = (await client.apiCall('files.info', { file: fileId })) as { file?: { mimetype?: string } };
      if (file?.mimetype) return file;
      await sleep(waitMs);
    }
    throw worldError(`Slack did not make the file ready in ${READY_DEADLINE_MS / 1000} s`);
  }
}

type Upload = { readonly bytes: Uint8Array; readonly type: string; readonly filename: string; readonly title: string };

async function sendBytes(url: string, { bytes, type, filename }: Upload, signal: AbortSignal): Promise<void> {
  const body = new FormData();
  body.set('body', new Blob([new Uint8Array(bytes)], { type }), filename);
  const limit = within(BYTES_MS, signal);
  const response = await request(url, { method: 'POST', body, redirect: 'error', signal: limit }, () => true);
  if (response.status !== 200) throw worldError(`Slack's upload answered HTTP ${response.status}`);
  await response.arrayBuffer();
}

/** Nothing is visible of a failed upload, so every failure but a refusal is simply tried again. */
function outcome<T>(done: Result<T>, what: string): T | { refused: string } {
  if (done.ok) return done.value;
  if (REFUSED.test(done.failure.error)) return { refused: done.failure.error };
  throw worldError(`${what} was not uploaded: ${done.failure.error}`);
}
