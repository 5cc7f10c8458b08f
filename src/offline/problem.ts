/** Letters of a function's name in a table, and how many of them are its beginning. */
const [MOST_NAME, NAME_HEAD] = [160, 60];

/** What is wrong with a line, and where in it: `samples[17].t: must be a number (Unix ms)`. */
export type Problem = { readonly problem: string };

export function isProblem(value: object): value is Problem {
  return 'problem' in value;
}

/** What is read, as a sentence calls it. */
export function inputName(path: string): string {
  return path === '-' ? 'standard input' : path || '""';
}

/** Text from outside, fit for a terminal: no control characters (C0, C1, direction marks), and short. */
export function harmless(text: string, most = 60): string {
  const short = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return short.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '?');
}

/** A function's name, fit for a terminal: its end, which says what is called, is there however long the types before it are. */
export function harmlessName(name: string): string {
  if (name.length <= MOST_NAME) return harmless(name, MOST_NAME);
  return harmless(`${name.slice(0, NAME_HEAD)}…${name.slice(NAME_HEAD + 1 - MOST_NAME)}`, MOST_NAME);
}
