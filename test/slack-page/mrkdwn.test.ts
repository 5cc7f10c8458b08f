import { describe, expect, test } from '@jest/globals';
import { type Mark, parseMrkdwn } from '../support/slack/page/mrkdwn.js';

/** The tree as one line: `b(bold)`, `a(href|label)`. */
function drawn(marks: readonly Mark[]): string {
  return marks.map(one).join('');
}

function one(mark: Mark): string {
  if (mark.kind === 'text') return mark.text;
  if (mark.kind === 'link') return `link(${mark.href}|${mark.label})`;
  if ('id' in mark) return `${mark.kind}(${mark.id}|${mark.label ?? ''})`;
  if (mark.kind === 'broadcast') return `all(${mark.label})`;
  if (mark.kind === 'date') return `date(${mark.seconds}|${mark.format}|${mark.href ?? ''}|${mark.fallback})`;
  return `${mark.kind}(${drawn(mark.inner)})`;
}

describe('Slack markup', () => {
  test.each([
    ['*api-svc* _leaks_ ~a bit~', 'bold(api-svc) italic(leaks) strike(a bit)'],
    ['*bold _and italic_*', 'bold(bold italic(and italic))'],
    ['*a\nb*', '*a\nb*'],
    ['* no * snake_case_name a*b*c 2*3', '* no * snake_case_name a*b*c 2*3'],
    ['orders.(*Cache).Put json.(*Decoder).Decode', 'orders.(*Cache).Put json.(*Decoder).Decode'],
    ['run `docker *x* &lt;id&gt;` now', 'run code(docker *x* <id>) now'],
    ['before\n```\na *b*\n  c\n```\nafter', 'before\npre(a *b*\n  c)after'],
    ['&gt; said\n&gt; twice\nnot', 'quote(said\ntwice)not'],
    ['# one\n1. two\n- three', '# one\n1. two\n- three'],
    ['&amp;lt; is &lt; &amp; not &quot;', '&lt; is < & not &quot;'],
    ['&lt;!here&gt; &lt;@U0ANA0001&gt;', '<!here> <@U0ANA0001>'],
    [
      '<@U0ANA0001> <#C0OPS0001|ops> <!here> <!subteam^S1|@oncall>',
      'user(U0ANA0001|) channel(C0OPS0001|ops) all(@here) all(@oncall)',
    ],
    ['<https://e.com/a?b=1&amp;c=2|a *b*>', 'link(https://e.com/a?b=1&c=2|a *b*)'],
    ['*<https://e.com/a*b|more>*', 'bold(link(https://e.com/a*b|more))'],
    ['<javascript:alert(1)|press>', '<javascript:alert(1)|press>'],
    ['<!date^1700000000^{date_short} {time}^https://e.com|then>', 'date(1700000000|{date_short} {time}|https://e.com|then)'],
  ])('%j', (text, expected) => expect(drawn(parseMrkdwn(text, true))).toBe(expected));

  test('bare addresses become links, without the full stop, unless verbatim', () => {
    expect(drawn(parseMrkdwn('see https://e.com/a_b_c.'))).toBe('see link(https://e.com/a_b_c|https://e.com/a_b_c).');
    expect(drawn(parseMrkdwn('see https://e.com/a.', true))).toBe('see https://e.com/a.');
  });
});
