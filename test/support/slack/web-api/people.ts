import { APP_ID, BOT, OTHER_TEAM, TEAM } from '../seed.js';
import { type Json, SlackRefusal, type User } from '../words.js';
import { need } from './args.js';
import { type Api, type Methods, TIER_2, TIER_4 } from './method.js';

function userJson(user: User): Json {
  return {
    ...{ id: user.id, team_id: user.teamId, name: user.name, real_name: user.name, deleted: user.isDeactivated },
    ...{ is_bot: user.isBot, is_restricted: user.isRestricted, is_ultra_restricted: false, is_app_user: false },
    ...(user.teamId === OTHER_TEAM.id ? { is_stranger: true } : {}),
    ...{ tz: 'Etc/UTC', tz_offset: 0, profile: { real_name: user.name, display_name: user.name } },
  };
}

/** User groups cost money (`plan_upgrade_required` on the free plan); there are none here. */
function paid({ freePlan }: Api): void {
  if (freePlan) throw new SlackRefusal('plan_upgrade_required');
}

const users = { token: 'bot', scopes: ['users:read'] } as const;
const groups = { token: 'bot', scopes: ['usergroups:read'], perMinute: TIER_2 } as const;

export const people: Methods = {
  'auth.test': {
    token: 'bot',
    scopes: [],
    perMinute: null,
    run: (_args, { origin }) => ({
      ...{ url: `${origin()}/`, team: TEAM.name, user: BOT.name, team_id: TEAM.id, user_id: BOT.id, bot_id: BOT.botId },
      ...{ app_id: APP_ID, is_enterprise_install: false },
    }),
  },
  'users.info': { ...users, perMinute: TIER_4, run: (args, { state }) => ({ user: userJson(state.user(need(args, 'user'))) }) },
  'users.list': {
    ...users,
    perMinute: TIER_2,
    run: (_args, { state }) => ({ members: [...state.users.values()].map(userJson), response_metadata: { next_cursor: '' } }),
  },
  'usergroups.list': {
    ...groups,
    run(_args, api) {
      paid(api);
      return { usergroups: [] };
    },
  },
  'usergroups.users.list': {
    ...groups,
    run(args, api) {
      paid(api);
      need(args, 'usergroup');
      throw new SlackRefusal('no_such_subteam');
    },
  },
};
