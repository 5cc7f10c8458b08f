/** A block of Slack's (docs.slack.dev/reference/block-kit), as it is sent. */
export type Block = Record<string, unknown>;

/**
 * A paragraph in Slack's markup; whoever calls has escaped what came from outside. `verbatim`: of what only looks like a channel or an
 * address Slack makes no link.
 */
export function section(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** The same in small print. */
export function context(text: string): Block {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

/** For buttons, labels and options, where nothing is markup. */
export function plainText(text: string): Block {
  return { type: 'plain_text', text, emoji: false };
}
