import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';

/** Who is in a group changes rarely, and a person who was just added can wait so long. */
const FRESH_MS = 5 * 60_000;

/**
 * Whether a person is one of `LEAKWATCH_OPERATORS`: by their own id, or as a member of a usergroup (which needs the scope `usergroups:read`).
 * What cannot be asked makes nobody an operator. Without any there are none.
 */
export function makeIsOperator(operators: readonly string[], client: WebClient, log: Logger, nowMs: () => number) {
  const people = new Set(operators.filter((id) => !id.startsWith('S')));
  const groups = operators.filter((id) => id.startsWith('S'));
  const known = new Map<string, { readonly atMs: number; readonly users: readonly string[] }>();

  async function membersOf(usergroup: string): Promise<readonly string[]> {
    const found = known.get(usergroup);
    if (found && nowMs() - found.atMs < FRESH_MS) return found.users;
    try {
      const { users = [] } = await client.usergroups.users.list({ usergroup });
      known.set(usergroup, { atMs: nowMs(), users });
      return users;
    } catch (error) {
      log.warn({ err: error, usergroup }, 'who is in a group of LEAKWATCH_OPERATORS is not known: the scope is usergroups:read');
      return [];
    }
  }

  return async (user: string): Promise<boolean> => {
    if (people.has(user)) return true;
    for (const group of groups) if ((await membersOf(group)).includes(user)) return true;
    return false;
  };
}
