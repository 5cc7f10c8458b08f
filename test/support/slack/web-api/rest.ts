import { BOT } from '../seed.js';
import { type Json, type Message, SlackRefusal } from '../words.js';
import { type Args, badArguments, need } from './args.js';
import { type Api, type Methods, TIER_2, TIER_3 } from './method.js';
import { channelOf } from './places.js';

function reacted(args: Args, { state }: Api, change: (users: readonly string[]) => string[]): Json {
  const channel = channelOf(state, args);
  const name = need(args, 'name');
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new SlackRefusal('invalid_name');
  const ts = need(args, 'timestamp');
  if (!/^\d{10}\.\d{6}$/.test(ts)) throw new SlackRefusal('bad_timestamp');
  const message: Message | undefined = state.find(channel.id, ts);
  if (!message || message.ephemeralFor !== undefined) throw new SlackRefusal('message_not_found');
  const users = change(message.reactions.find((one) => one.name === name)?.users ?? []);
  const others = message.reactions.filter((one) => one.name !== name);
  state.replace(message, { reactions: users.length > 0 ? [...others, { name, users }] : others });
  return {};
}

const reactions = { token: 'bot', scopes: ['reactions:write'] } as const;

/** `blocks.validate`: problems as data, one of three things at a time. */
function validate(args: Args, { blocks }: Api): Json {
  const given = ['blocks', 'message', 'view'].filter((name) => args[name] !== undefined);
  const [name] = given;
  if (given.length !== 1 || !name) throw badArguments(['exactly one of blocks, message, view is required']);
  const whole = args[name] as Json | unknown[];
  const view = name === 'view' ? (whole as Json) : undefined;
  const checked = Array.isArray(whole) ? whole : (whole as Json).blocks;
  const problems = blocks(
    checked,
    view ? (view.type === 'home' ? 'home' : 'modal') : 'message',
    name === 'blocks' ? '' : '/blocks',
  );
  if (problems.length === 0) return {};
  throw new SlackRefusal(`invalid_${name}`, {
    errors: problems.map((problem) => {
      const [, message, pointer] = /^(.*) \[json-pointer:(.*)\]$/.exec(problem) ?? [];
      return {
        code: message?.startsWith('missing') ? 'missing_field' : 'failed_constraint',
        message: message ?? problem,
        pointer,
      };
    }),
  });
}

export const rest: Methods = {
  'api.test': {
    token: 'none',
    scopes: [],
    perMinute: null,
    run(args) {
      if (args.error) throw new SlackRefusal(String(args.error), { args });
      return { args };
    },
  },
  'apps.connections.open': { token: 'app', scopes: [], perMinute: TIER_3, run: (_args, { socketUrl }) => ({ url: socketUrl() }) },
  'blocks.validate': { token: 'none', scopes: [], perMinute: null, run: validate },
  'reactions.add': {
    ...reactions,
    perMinute: TIER_3,
    run: (args, api) =>
      reacted(args, api, (users) => {
        if (users.includes(BOT.id)) throw new SlackRefusal('already_reacted');
        return [...users, BOT.id];
      }),
  },
  'reactions.remove': {
    ...reactions,
    perMinute: TIER_2,
    run: (args, api) =>
      reacted(args, api, (users) => {
        if (!users.includes(BOT.id)) throw new SlackRefusal('no_reaction');
        return users.filter((user) => user !== BOT.id);
      }),
  },
};
