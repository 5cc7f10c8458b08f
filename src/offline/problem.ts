/** What is wrong with a line, and where in it: `samples[17].t: must be a number (Unix ms)`. */
export type Problem = { readonly problem: string };

export function isProblem(value: object): value is Problem {
  return 'problem' in value;
}

/** What is read, as a sentence calls it. */
export function inputName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** Text from outside, fit for a terminal: no control characters (C0, C1, direction marks), and short. */
export function harmless(text: string, most = 60): string {
  const short = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return short.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '?');
}
