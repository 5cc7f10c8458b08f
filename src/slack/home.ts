import { personError } from '../errors.js';

/**
 * Members of another workspace see our messages in shared channels: they can press buttons and mention the bot, though not
 * type commands (slack-facts §0.9). Slack has no flag for "external"; the team of the person is compared with ours.
 */
export function requireHome(teams: readonly unknown[], homeTeamId: string): void {
  if (!isHome(teams, homeTeamId)) {
    throw personError('Leakwatch answers only members of the workspace it is installed in. Ask someone there to check for you.');
  }
}

/** The first team that Slack names is the person's. */
export function isHome(teams: readonly unknown[], homeTeamId: string): boolean {
  return teams.find((candidate) => typeof candidate === 'string' && candidate !== '') === homeTeamId;
}
