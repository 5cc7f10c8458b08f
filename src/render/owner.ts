import { escapeText } from './text.js';

/** Who owns a service, in Slack's markup: ids are mentioned, everything else is a name. Nobody is mentioned by `@channel`. */
export function ownerMention(owner: string): string {
  if (/^[UW][A-Z0-9]{6,}$/.test(owner)) return `<@${owner}>`;
  if (/^S[A-Z0-9]{6,}$/.test(owner)) return `<!subteam^${owner}>`;
  return escapeText(owner, 60);
}
