import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeClients } from '../../src/delivery/client.js';
import { makePeople } from '../../src/delivery/people.js';
import { makeUploader } from '../../src/delivery/upload.js';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(40, 7)]);
const { signal } = new AbortController();
let workspace: Workspace;
beforeEach(async () => {
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false, timing: { fileReadyMs: 50 } });
});
afterEach(() => workspace.stop());

const uploader = () => makeUploader(makeClients(workspace.botToken, 2_000, workspace.apiUrl));
const before = () => workspace.transcript(workspace.channels.ops);

test('a text is taken as it is, is ready when its link is given, and nothing is posted by it', async () => {
  const quiet = before();
  const text = '# api-svc\n\n💥 é\n';
  const done = await uploader().uploadText({ filename: 'api-svc-incident-2026-11-24.md', title: 'api-svc', text }, signal);
  if (!('permalink' in done)) throw new Error(done.refused);
  const id = done.permalink.split('/').at(-1) ?? '';
  expect(workspace.fileBytes(id)?.toString()).toBe(text);
  expect(before()).toEqual(quiet);
});

test('a picture is ready when its id is given', async () => {
  const chart = {
    config: { type: 'line', data: { labels: [], datasets: [] }, options: {} },
    altText: 'rises',
    title: 'a',
  } as const;
  const done = await uploader().upload(PNG, chart, signal);
  if (!('fileId' in done)) throw new Error(done.refused);
  expect(workspace.fileBytes(done.fileId)).toEqual(PNG);
});

test('who Slack does not name is left out', async () => {
  const people = makePeople(makeClients(workspace.botToken, 2_000, workspace.apiUrl));
  expect(await people.names(['U0NOBODY00'])).toEqual(new Map());
});
