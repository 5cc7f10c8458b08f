import { expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { answerMention } from '../../src/slack/answers.js';
import { commandOf } from '../../src/slack/commands/table.js';
import { parse } from '../../src/slack/parse.js';
import { replica } from '../support/fleet.js';
import { ask, slackContext } from '../support/slack-context.js';

/** What a person is told alone who mentioned the bot with these words in a thread: Slack takes no `/leak` there. */
async function toldAlone(text: string): Promise<string> {
  const { context } = slackContext([replica('shop/api-svc'), replica('shop/cart'), replica('staging/cart')]);
  const told: string[] = [];
  const postEphemeral = async (message: object) => told.push(JSON.stringify(message));
  const client = { chat: { postEphemeral } } as unknown as WebClient;
  const asked = ask({ via: 'mention', threadTs: '1.1' });
  await answerMention(client, asked, context, true, () => {
    const words = parse(text);
    return commandOf(words).run(words.args, asked, context);
  });
  return told.join('\n');
}

test.each([
  ['chekc api-svc', '`@leakwatch check api-svc`'],
  ['nonsense', '`@leakwatch help`'],
  ['ack', '`@leakwatch ack &lt;service&gt;`'],
  ['ack cart', '`@leakwatch ack shop/cart`'],
  ['report', '`@leakwatch report &lt;service&gt;`'],
  ['check nobody', '`@leakwatch check` without a name'],
])('%s: what is proposed can be typed there', async (text, words) => {
  const told = await toldAlone(text);
  expect(told).toContain(words);
  expect(told).not.toContain('/leak');
});
