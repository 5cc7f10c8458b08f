import { describe, expect, test } from '@jest/globals';
import { commandOf } from '../../src/slack/commands/table.js';
import { afterMention, parse, parseWindow } from '../../src/slack/parse.js';

describe('what a person typed', () => {
  test.each([
    ['check api-svc', 'check', ['api-svc']],
    ['  CHECK   api-svc 14d private ', 'check', ['api-svc', '14d', 'private']],
    ['<@U0LEAKWATC> check api-svc', 'check', ['api-svc']],
    ['check <http://api.svc|api.svc>', 'check', ['api.svc']],
    ['check “api-svc”', 'check', ['api-svc']],
    ['check `api-svc`', 'check', ['api-svc']],
    ['check a&amp;b', 'check', ['a&b']],
    ['', 'help', []],
    ['<@U0LEAKWATC>', 'help', []],
  ])('%j is the command %s %j', (text, name, args) => {
    expect(parse(text)).toEqual({ name, args });
  });

  test.each([
    ['<@U0LEAKWATC> check api-svc', ['api-svc']],
    ['hey <@U0LEAKWATC|leakwatch> check api-svc', ['api-svc']],
    ['cc <@U0ANA> <@U0LEAKWATC>: check api-svc', ['api-svc']],
    ['check api-svc <@U0LEAKWATC>', ['api-svc']],
  ])('%j says check to the bot, wherever its name stands', (text, args) => {
    expect(parse(afterMention(text, 'U0LEAKWATC'))).toEqual({ name: 'check', args });
  });

  test('ten thousand characters are refused with what to do instead', () => {
    expect(() => parse(`check ${'x'.repeat(9_994)}`)).toThrow(/10,000 characters.*at most 300.*\/leak help/s);
  });
});

describe('windows', () => {
  test.each([
    ['90m', 5_400_000],
    ['2h', 7_200_000],
    ['14D', 1_209_600_000],
    ['api-svc', null],
    ['2', null],
  ])('%s', (word, ms) => expect(parseWindow(word)).toBe(ms));
  test('more than is kept', () => expect(() => parseWindow('15d')).toThrow(/14 days/));
  test('nothing', () => expect(() => parseWindow('0h')).toThrow(/no time at all/));
});

describe('which command', () => {
  test('a slip of the finger is named', () =>
    expect(() => commandOf({ name: 'chekc', args: ['api-svc'] })).toThrow(/\/leak check api-svc/));
  test('a service without a command', () =>
    expect(() => commandOf({ name: 'payments-api', args: [] })).toThrow(/\/leak check payments-api/));
});
