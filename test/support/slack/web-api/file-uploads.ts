import type { Share } from '../files.js';
import { type Json, SlackRefusal } from '../words.js';
import { type Args, badArguments, need, text } from './args.js';
import { requireThread } from './chat.js';
import { type Api, type Methods, TIER_4 } from './method.js';
import { ownChannel } from './places.js';

const MAX_ALT_LENGTH = 1_000;

function getUploadUrl(args: Args, { files }: Api): Json {
  const name = need(args, 'filename');
  const length = Number(need(args, 'length'));
  if (!(length > 0)) throw new SlackRefusal('missing_argument');
  if ((text(args, 'alt_txt') ?? '').length > MAX_ALT_LENGTH) throw new SlackRefusal('alt_txt_too_large');
  return files.reserve(name);
}

function complete(args: Args, api: Api): Json {
  if (!Array.isArray(args.files) || args.files.length === 0) throw badArguments(['must provide an array [json-pointer:/files]']);
  for (const [at, file] of args.files.entries()) {
    for (const key of Object.keys(file as object)) {
      if (!['id', 'title', 'highlight_type'].includes(key))
        throw badArguments([`invalid additional property: ${key} [json-pointer:/files/${at}]`]);
    }
  }
  const share = shareOf(args, api);
  const done = (args.files as { id?: string; title?: string }[]).map(({ id, title }) =>
    api.files.complete(id ?? '', title, share),
  );
  return { files: done };
}

function shareOf(args: Args, api: Api): Share | undefined {
  const channelId = text(args, 'channel_id');
  if (!channelId) return undefined;
  const channel = ownChannel(api.state, { channel: channelId });
  const threadTs = text(args, 'thread_ts');
  if (threadTs) requireThread(api, channel.id, threadTs);
  return { channel: channel.id, comment: text(args, 'initial_comment') ?? '', ...(threadTs ? { threadTs } : {}) };
}

const write = { token: 'bot', scopes: ['files:write'], perMinute: TIER_4 } as const;

export const fileUploads: Methods = {
  'files.getUploadURLExternal': { ...write, run: getUploadUrl },
  'files.completeUploadExternal': { ...write, run: complete },
  'files.info': {
    token: 'bot',
    scopes: ['files:read'],
    perMinute: TIER_4,
    run: (args, { files }) => ({ file: files.info(need(args, 'file')) }),
  },
};
