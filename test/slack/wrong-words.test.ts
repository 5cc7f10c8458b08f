import { expect, test } from '@jest/globals';
import { COMMANDS, commandOf } from '../../src/slack/commands/table.js';
import { answer } from '../../src/slack/edge.js';
import { parse } from '../../src/slack/parse.js';
import { replica } from '../support/fleet.js';
import { ask, slackContext } from '../support/slack-context.js';

/** Whatever is typed: an answer has no markup that Slack would read as a link or as a mention of everybody. */
const HOSTILE = '&lt;!channel&gt;';
const { log } = slackContext([]).context;
const fleet = [replica('shop/api-svc'), replica('shop/cart'), replica('staging/cart')];
const ARGUMENTS = [
  '',
  HOSTILE,
  `${HOSTILE} ${HOSTILE} x`,
  'api-svc cart x',
  'api-svc 15d',
  'api-svc since 1h x',
  'cart',
  'api-srv 0h',
  `api-svc ${HOSTILE}`,
];
const TYPED = [
  ...COMMANDS.flatMap(({ name }) => ARGUMENTS.map((words) => `${name} ${words}`)),
  ...[HOSTILE, `chek ${HOSTILE}`, `nonsense ${HOSTILE}`, 'x'.repeat(301), `snooze api-svc 99d`],
];

test.each(TYPED)('%s', async (text) => {
  const world = slackContext(fleet);
  const { reply } = await answer(async () => {
    const words = parse(text);
    return commandOf(words).run(words.args, ask(), world.context);
  }, world.context.log);
  const said = JSON.stringify(reply.message);
  expect(said.replace(/<(?:@U\d|!date\^)/g, '')).not.toContain('<');
  expect(said).not.toContain('went wrong on our side');
});

test.each([
  ['chekc api-svc', 'Did you mean `/leak check api-svc`?'],
  ['snoze api-svc 4h', 'Did you mean `/leak snooze api-svc 4h`?'],
  ['hepl', 'Did you mean `/leak help`?'],
  ['tpo', 'Did you mean `/leak top`?'],
  ['repoen cart', 'Did you mean `/leak reopen cart`?'],
  // Of three letters two are no slip: the name of a service it is.
  ['api', 'To ask about a service: `/leak check api`.'],
  ['app 2h', 'To ask about a service: `/leak check app 2h`.'],
  ['web', 'To ask about a service: `/leak check web`.'],
])('%s: the nearest command, else the service of that name', async (text, words) => {
  const { reply } = await answer(async () => commandOf(parse(text)).run([], ask(), slackContext(fleet).context), log);
  expect(reply.message.text).toContain(words);
});
