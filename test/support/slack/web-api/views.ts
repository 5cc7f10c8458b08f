import { createHash } from 'node:crypto';
import { APP_ID, BOT, TEAM } from '../seed.js';
import { type Json, SlackRefusal, type View } from '../words.js';
import { type Args, badArguments, need, text } from './args.js';
import { type Api, type Methods, TIER_4 } from './method.js';

/** docs.slack.dev/surfaces/modals */
const MAX_STACK = 3;
const MAX_VIEW_BYTES = 250_000;

let made = 0;

/** A view as Slack answers it and sends it with every action. */
export function viewJson({ id, rootId, view, hash, type }: View, values: Json = {}): Json {
  return {
    ...{ id, team_id: TEAM.id, app_id: APP_ID, bot_id: BOT.botId, root_view_id: rootId, previous_view_id: null },
    ...{ hash, type, external_id: '', private_metadata: '', callback_id: '', title: null, submit: null, close: null },
    ...view,
    ...{ clear_on_close: view.clear_on_close ?? false, notify_on_close: view.notify_on_close ?? false, state: { values } },
  };
}

/** Throws `view_too_large`, `duplicate_external_id`, or `invalid_arguments` with what is wrong where. */
export function checkView(
  given: unknown,
  type: 'modal' | 'home',
  { blocks, state }: Pick<Api, 'blocks' | 'state'>,
  id?: string,
): Json {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw badArguments(['must provide an object [json-pointer:/view]']);
  if (Buffer.byteLength(JSON.stringify(given)) > MAX_VIEW_BYTES) throw new SlackRefusal('view_too_large');
  const problems = blocks(given, type, '/view');
  if (problems.length > 0) throw badArguments(problems);
  const view = given as Json;
  const double = [...state.views.values()].find((one) => one.view.external_id && one.view.external_id === view.external_id);
  if (double && double.id !== id) throw new SlackRefusal('duplicate_external_id');
  const named = (view.blocks as Json[]).map((block, at) => ({ block_id: `v${(made + 1).toString(36)}${at}`, ...block }));
  return { ...view, blocks: named };
}

function keep(api: Api, view: Json, forUser: string, place: { id?: string; rootId?: string }): Json {
  made += 1;
  const id = place.id ?? `V0${String(made).padStart(9, '0')}`;
  const hash = `${made}.${createHash('sha256').update(JSON.stringify(view)).digest('hex').slice(0, 8)}`;
  const type = view.type === 'home' ? 'home' : 'modal';
  const kept: View = { id, type, forUser, rootId: place.rootId ?? id, view, hash };
  api.state.views.set(id, kept);
  api.state.changed();
  return { view: viewJson(kept) };
}

function update(args: Args, api: Api): Json {
  const byId = text(args, 'view_id');
  const external = text(args, 'external_id');
  const old = [...api.state.views.values()].find(({ id, view }) => (byId ? id === byId : view.external_id === external));
  if (!old || (!byId && !external)) throw new SlackRefusal('not_found');
  const hash = text(args, 'hash');
  if (hash && hash !== old.hash) throw new SlackRefusal('hash_conflict');
  return keep(api, checkView(args.view, old.type, api, old.id), old.forUser, { id: old.id, rootId: old.rootId });
}

function push(args: Args, api: Api): Json {
  const view = checkView(args.view, 'modal', api);
  const { user, viewId } = api.triggers.use(need(args, 'trigger_id'));
  const below = viewId ? api.state.views.get(viewId) : undefined;
  if (!below) throw new SlackRefusal('invalid_trigger_id');
  const stack = [...api.state.views.values()].filter(({ rootId }) => rootId === below.rootId);
  if (stack.length >= MAX_STACK) throw new SlackRefusal('push_limit_reached');
  return keep(api, view, user, { rootId: below.rootId });
}

function publish(args: Args, api: Api): Json {
  if (!api.installed.hasHome) throw new SlackRefusal('not_enabled');
  const user = api.state.user(need(args, 'user_id'));
  const old = [...api.state.views.values()].find((one) => one.type === 'home' && one.forUser === user.id);
  const hash = text(args, 'hash');
  if (hash && old && hash !== old.hash) throw new SlackRefusal('hash_conflict');
  return keep(api, checkView(args.view, 'home', api, old?.id), user.id, old ? { id: old.id } : {});
}

const bot = { token: 'bot', scopes: [], perMinute: TIER_4 } as const;

export const views: Methods = {
  'views.open': {
    ...bot,
    run(args, api) {
      const view = checkView(args.view, 'modal', api);
      return keep(api, view, api.triggers.use(need(args, 'trigger_id')).user, {});
    },
  },
  'views.push': { ...bot, run: push },
  'views.update': { ...bot, run: update },
  'views.publish': { ...bot, run: publish },
};
