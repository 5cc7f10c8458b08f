import { randomBytes } from 'node:crypto';
import { BOT } from './seed.js';
import type { State } from './state.js';
import { type Json, SlackRefusal } from './words.js';

export type Files = ReturnType<typeof makeFiles>;

type StoredFile = {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
  readonly title: string;
  readonly bytes?: Buffer;
  /** Scanned and converted: only now it has a type, is shared, and can be shown. */
  readonly mimetype?: string;
  readonly completed: boolean;
  /** Who put it there: the bot, unless a person did. */
  readonly user: string;
  readonly shares: readonly { readonly channel: string; readonly ts: string; readonly threadTs?: string }[];
};

/** A file that a person sends; its type is Slack's guess by its bytes, unless it is said here. */
export type Sent = { readonly name: string; readonly bytes: Buffer; readonly mimetype?: string };
export type Share = { readonly channel: string; readonly threadTs?: string; readonly comment: string };

/** What Slack shows as a picture (docs.slack.dev/reference/block-kit/blocks/image-block). */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif'];

/**
 * Uploaded files. Completing an upload is not the end: for `readyMs` Slack scans the file, and until then `files.info` has
 * neither `mimetype` nor `shares` and blocks may not show it (slackapi/bolt-js#2115). Infinite: until `finishAll`.
 */
export function makeFiles(state: State, readyMs: number, origin: () => string) {
  const files = new Map<string, StoredFile>();
  const unfinished = new Map<string, Share | undefined>();

  function get(id: string): StoredFile {
    const file = files.get(id);
    if (!file) throw new SlackRefusal('file_not_found');
    return file;
  }
  const set = (file: StoredFile, change: Partial<StoredFile>): void => void files.set(file.id, { ...file, ...change });

  function ready(id: string, share: Share | undefined): void {
    const file = get(id);
    set(file, { mimetype: typeOf(file.bytes ?? Buffer.alloc(0)) });
    if (share) {
      const thread = share.threadTs ? { threadTs: share.threadTs } : {};
      const { ts } = state.add({ channel: share.channel, user: BOT.id, text: share.comment, fileIds: [id], ...thread });
      set(get(id), { shares: [{ channel: share.channel, ts, ...thread }] });
    }
    state.changed();
  }

  function finish(id: string): void {
    const share = unfinished.get(id);
    if (unfinished.delete(id)) ready(id, share);
  }

  return {
    /** Slack has looked at everything that was uploaded. */
    finishAll: (): void => [...unfinished.keys()].forEach(finish),

    reserve(name: string): { file_id: string; upload_url: string } {
      const id = `F0${String(files.size + 1).padStart(9, '0')}`;
      const secret = randomBytes(16).toString('hex');
      files.set(id, { id, secret, name, title: name, completed: false, user: BOT.id, shares: [] });
      return { file_id: id, upload_url: `${origin()}/upload/v1/${id}/${secret}` };
    },

    /** Takes the bytes. Gives false for an upload URL that is not one. */
    put(id: string, secret: string, bytes: Buffer): boolean {
      const file = files.get(id);
      if (!file || file.secret !== secret || file.completed) return false;
      set(file, { bytes });
      return true;
    },

    complete(id: string, title: string | undefined, share: Share | undefined): Json {
      const file = get(id);
      if (!file.bytes || file.completed) throw new SlackRefusal('file_not_found');
      set(file, { completed: true, title: title ?? file.name });
      unfinished.set(id, share);
      if (Number.isFinite(readyMs)) state.later(readyMs, () => finish(id));
      return { id, title: title ?? file.name };
    },

    /** A person puts a file into a message: it is there, and known, when the message is. */
    add(user: string, { name, bytes, mimetype }: Sent): string {
      const id = `F0${String(files.size + 1).padStart(9, '0')}`;
      const type = mimetype ?? typeOf(bytes);
      files.set(id, { id, secret: '', name, title: name, bytes, mimetype: type, completed: true, user, shares: [] });
      return id;
    },
    shown(id: string, share: StoredFile['shares'][number]): void {
      set(get(id), { shares: [...get(id).shares, share] });
    },
    /** Its person takes it away again: what is left is that there was one. */
    remove(id: string): void {
      files.delete(id);
    },

    info(id: string): Json {
      const file = get(id);
      if (!file.completed) throw new SlackRefusal('file_not_found');
      const type = file.mimetype
        ? { mimetype: file.mimetype, filetype: file.mimetype.split('/')[1] }
        : { mimetype: '', filetype: '' };
      const url = `${origin()}/files/${id}`;
      const base = { id, name: file.name, title: file.title, size: file.bytes?.length ?? 0, mode: 'hosted' };
      const by = { user: file.user, user_team: state.user(file.user).teamId, file_access: 'visible' };
      const urls = { url_private: url, url_private_download: `${url}/download/${encodeURIComponent(file.name)}`, permalink: url };
      return { ...base, ...by, ...type, ...urls, shares: sharesOf(state, file.shares) };
    },

    /** The bytes, once the file can be seen. */
    bytes: (id: string): Buffer | undefined => (files.get(id)?.mimetype ? files.get(id)?.bytes : undefined),
    mimetype: (id: string): string | undefined => files.get(id)?.mimetype,
    /** Whether an image block may name it, by id or by one of its URLs. */
    isPicture(reference: { readonly id?: unknown; readonly url?: unknown }): boolean {
      const id = reference.id ?? /\/files\/(F[A-Z0-9]+)$/.exec(String(reference.url))?.[1];
      return PICTURES.includes(files.get(String(id))?.mimetype ?? '');
    },
  };
}

function sharesOf(state: State, shares: StoredFile['shares']): Json {
  const found: Record<string, Record<string, Json[]>> = {};
  for (const { channel, ts, threadTs } of shares) {
    const kind = state.channels.get(channel)?.kind === 'public' ? 'public' : 'private';
    const share = { ts, ...(threadTs ? { thread_ts: threadTs } : {}) };
    found[kind] = { ...found[kind], [channel]: [...(found[kind]?.[channel] ?? []), share] };
  }
  return found;
}

/** By the first bytes, as Slack does: names prove nothing. */
function typeOf(bytes: Buffer): string {
  if (bytes.subarray(0, 4).toString('latin1') === '\x89PNG') return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg';
  if (bytes.subarray(0, 4).toString('latin1') === 'GIF8') return 'image/gif';
  return 'application/octet-stream';
}
