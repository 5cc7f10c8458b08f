import type { People } from '../model/people.js';
import type { MakeClient } from './client.js';
import { attempt } from './errors.js';

/** The scope `users:read` is optional: without it, and whenever Slack does not say, a person stays an id. */
export function makePeople(makeClient: MakeClient): People {
  const client = makeClient(() => true);
  return {
    async names(userIds) {
      const found = await Promise.all([...new Set(userIds)].map(async (user) => [user, await nameOf(user)] as const));
      return new Map(found.flatMap(([user, name]) => (name ? [[user, name] as const] : [])));
    },
  };

  async function nameOf(user: string): Promise<string | undefined> {
    const told = await attempt(() => client.apiCall('users.info', { user }));
    if (!told.ok) return undefined;
    const person = (told.value as { user?: { name?: string; real_name?: string; profile?: { display_name?: string } } }).user;
    return person?.profile?.display_name || person?.real_name || person?.name;
  }
}
