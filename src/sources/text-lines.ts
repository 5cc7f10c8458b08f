/** Lines of a text, counted from 1, without their ends; one at a time, so that a text of 64 MiB is not there twice. */
export function* textLines(text: string): Generator<{ readonly number: number; readonly line: string }> {
  let number = 1;
  for (let from = 0; from < text.length; number += 1) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    yield { number, line: text.slice(from, text[to - 1] === '\r' && to > from ? to - 1 : to) };
    from = to + 1;
  }
}
