import type { ServiceAssessment } from '../model/assessment.js';
import type { SlackMessage } from '../model/message.js';
import { plainMessage } from './plain-message.js';
import { escapeText } from './text.js';

/** A line in the thread for who has waited: an edit of the card wakes nobody. */
export function answerMention({ service, verdict, explanation }: ServiceAssessment, user: string): SlackMessage {
  const words = verdict === 'unknown' ? "still can't tell" : verdict;
  return plainMessage(`<@${user}> ${escapeText(service.name)}: ${words}. ${escapeText(explanation, 300)}`);
}
