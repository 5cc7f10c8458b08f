import { commandPayload } from '../payloads.js';
import { TEAM } from '../seed.js';
import { SlackRefusal } from '../words.js';
import { type ActContext, deliver, isMessage, type Outcome, placeOf, refused } from './acts.js';

export type CommandAct = {
  readonly user: string;
  readonly channel: string;
  /** What comes after the command. */
  readonly text: string;
  readonly threadTs?: string;
  /** `/leak` unless said otherwise. */
  readonly command?: string;
};

/**
 * Types a slash command and waits for the acknowledgement, whose message is shown to the person (or to all, when it says so).
 * Slack takes none in threads, and none from members of another workspace.
 */
export async function command(context: ActContext, act: CommandAct): Promise<Outcome> {
  const { state, triggers, responseUrls, installed } = context;
  const { user, channel } = placeOf(context, act.user, act.channel);
  const name = act.command ?? installed.commands[0] ?? '/leak';
  if (!installed.commands.includes(name)) return refused(`${name} is not a valid command.`);
  if (act.threadTs !== undefined) return refused(`${name} is not supported in threads. Sorry!`);
  if (user.teamId !== TEAM.id) return refused(`${name} is not available to people from outside ${TEAM.name}.`);
  if (channel.isArchived) return refused('is_archived');

  const responseUrl = responseUrls.issue(user.id, channel.id);
  const asked = { user, channel, responseUrl, triggerId: triggers.issue(user.id) };
  const ack = await deliver(context, { kind: 'command', payload: commandPayload(asked, name, act.text) });
  const outcome = { body: ack.body, ms: ack.ms, status: ack.status };
  if (ack.error) return { ...outcome, error: failure(name, ack.error) };
  if (!isMessage(ack.body)) return { ...outcome, error: null };
  const public_ = ack.body.response_type === 'in_channel';
  if (public_) state.add({ channel: channel.id, user: user.id, text: `${name} ${act.text}`.trim() });
  try {
    responseUrls.acknowledged(user.id, channel.id, ack.body);
    return { ...outcome, error: null };
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return { ...outcome, error: failure(name, error.word) };
  }
}

function failure(name: string, word: string): string {
  return `${name} failed with the error "${word}"`;
}
