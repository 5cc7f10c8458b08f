import type { Logger } from 'pino';
import { personError } from '../errors.js';

/**
 * Members of another workspace see our messages in shared channels: they can press buttons and mention the bot, though not
 * type commands (slack-facts §0.9). Slack has no flag for "external"; the team of the person is compared with ours.
 */
export function requireHome(teams: readonly unknown[], homeTeamId: string, user: string, log: Pick<Logger, 'warn'>): void {
  if (!isHome(teams, homeTeamId)) {
    log.warn({ user, teams: teams.filter((team) => typeof team === 'string') }, 'refused: somebody of another workspace');
    throw personError('Leakwatch answers only members of the workspace it is installed in. Ask someone there to check for you.');
  }
}

/** The first team that Slack names is the person's. */
export function isHome(teams: readonly unknown[], homeTeamId: string): boolean {
  return teams.find((candidate) => typeof candidate === 'string' && candidate !== '') === homeTeamId;
}
