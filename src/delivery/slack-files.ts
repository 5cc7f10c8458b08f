import type { WebClient } from '@slack/web-api';
import { withDeadline, worldError } from '../errors.js';
import type { FileShare, NoFile, SlackFile, SlackFiles } from '../model/dropped-file.js';
import type { MakeClient } from './client.js';
import { attempt, type Failure, Limited } from './errors.js';
import { request } from './request.js';

/** 32 MiB in this time is a line of 5 Mbit/s. */
const READ_MS = 60_000;
/** Of Slack, and of its US government cloud. */
const FILE_HOSTS = ['files.slack.com', 'files.slack-gov.com'];
/** From one path to another of the same host. */
const MAX_REDIRECTS = 3;
/** What can be looked at in Slack's store itself; a `post` or a file of another service has no bytes there. */
const MODES = ['hosted', 'snippet'];
/** Who may not see it is told the same as who asks for what is not there (docs.slack.dev/reference/methods/files.info). */
const GONE = ['file_not_found', 'file_deleted', 'access_denied', 'not_visible'];

const NO_SCOPE =
  'Slack gave its sign-in page instead of the file: the app lacks the scope `files:read`. Whoever runs Leakwatch has to install it again from `manifest.yml`';

/**
 * Files by `files.info` and their private address. The token goes to Slack's own file host over https and to nobody else, or to the
 * origin of a local workspace (`apiUrl`): a redirect away from there is not followed.
 */
export function makeSlackFiles(makeClient: MakeClient, token: string, apiUrl?: string, readMs = READ_MS): SlackFiles {
  const client = makeClient(() => true);
  return {
    async about(fileId, signal) {
      signal.throwIfAborted();
      const asked = await attempt(async () => infoOf(await client.apiCall('files.info', { file: fileId })));
      if (asked.ok) return asked.value;
      return refusal(asked.failure);
    },
    read: (file, mostBytes, signal) =>
      withDeadline(readMs, 'The file in Slack', (deadline) =>
        download(file, { token, apiUrl, mostBytes, signal: AbortSignal.any([signal, deadline]) }),
      ),
  };
}

function refusal({ kind, error }: Failure): NoFile | null {
  if (GONE.includes(error)) return null;
  if (error === 'missing_scope') return { problem: NO_SCOPE };
  throw worldError(`Slack does not say what that file is: ${kind === 'limited' ? 'it is asked too much' : error}`);
}

type Info = Awaited<ReturnType<WebClient['files']['info']>>;
type Shared = Record<string, readonly { readonly ts?: string; readonly thread_ts?: string }[]>;

/** What is not as it should be is as if it were not there. */
function infoOf(answer: Info): SlackFile | null {
  const { file } = answer;
  if (!file?.id || GONE.includes(file.file_access ?? '')) return null;
  const { id, name, size, mimetype, mode, url_private, url_private_download, user_team, shares } = file;
  const address = url_private_download ?? url_private;
  return {
    ...{ id, name: name ?? id, bytes: size ?? 0, mimetype: mimetype ?? '' },
    ...(user_team ? { team: user_team } : {}),
    shares: [shares?.public, shares?.private].flatMap((all) => sharesOf((all ?? {}) as Shared)),
    address: address && MODES.includes(mode ?? '') ? address : null,
  };
}

function sharesOf(all: Shared): FileShare[] {
  return Object.entries(all).flatMap(([channel, shares]) =>
    shares.flatMap(({ ts, thread_ts }) => (ts ? [{ channel, ts, ...(thread_ts ? { threadTs: thread_ts } : {}) }] : [])),
  );
}

type Reading = {
  readonly token: string;
  readonly apiUrl: string | undefined;
  readonly mostBytes: number;
  readonly signal: AbortSignal;
};

async function download(file: SlackFile, reading: Reading): Promise<Buffer | NoFile> {
  if (file.bytes > reading.mostBytes) return tooLarge(file.bytes, reading.mostBytes);
  if (!file.address || !isFileHost(file.address, reading.apiUrl)) return { problem: 'it does not lie in Slack' };
  const headers = { authorization: `Bearer ${reading.token}`, 'accept-encoding': 'identity' };
  let at = file.address;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await ask(at, { headers, redirect: 'manual', signal: reading.signal });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      const to = new URL(response.headers.get('location') ?? '', at).href;
      // To a page where people sign in, usually.
      if (new URL(to).origin !== new URL(at).origin) return { problem: NO_SCOPE };
      at = to;
      continue;
    }
    if (response.status >= 500) throw worldError(`Slack's file host answers HTTP ${response.status}`);
    if (response.status !== 200) return { problem: `Slack's file host answers HTTP ${response.status}` };
    const isPage = (response.headers.get('content-type') ?? '').startsWith('text/html');
    const bytes = isPage ? null : await bodyOf(response, reading.mostBytes);
    if (isPage) await response.body?.cancel();
    if (bytes === 'too large') return tooLarge(null, reading.mostBytes);
    return !bytes || isSignIn(bytes) ? { problem: NO_SCOPE } : bytes;
  }
  throw worldError("Slack's file host sends from one address to the next");
}

async function ask(address: string, init: RequestInit): Promise<Response> {
  try {
    return await request(address, init, () => true);
  } catch (error) {
    if (error instanceof Limited) throw worldError("Slack's file host is asked too much", error);
    throw worldError("Slack's file host does not answer", error);
  }
}

/** Of a size that was not announced, or was a lie, no more is read than may be there. */
async function bodyOf(response: Response, mostBytes: number): Promise<Buffer | 'too large'> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop ends the answer.
      if (bytes > mostBytes) return 'too large';
    }
  } catch (error) {
    throw worldError('Slack broke off in the middle of the file', error);
  }
  return Buffer.concat(chunks);
}

function isFileHost(address: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username, origin } = new URL(address);
  if (apiUrl) return origin === new URL(apiUrl).origin && username === '';
  return protocol === 'https:' && FILE_HOSTS.includes(hostname) && port === '' && username === '';
}

/** With or without its type: no heap begins so. */
function isSignIn(bytes: Buffer): boolean {
  return /^\s*<(?:!doctype html|html)\b/i.test(bytes.toString('latin1', 0, 200));
}

function tooLarge(bytes: number | null, mostBytes: number): NoFile {
  const mib = (size: number) => `${Math.ceil(size / 2 ** 20)} MiB`;
  const has = bytes === null ? `more than the ${mib(mostBytes)}` : `${mib(bytes)}, more than the ${mib(mostBytes)}`;
  return { problem: `it has ${has} that are read from Slack; \`leakwatch heap\` and \`leakwatch massif\` read it where it is` };
}
