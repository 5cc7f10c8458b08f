import { distance } from 'fastest-levenshtein';

/** More than this is a wall, not a help. */
const MAX_SUGGESTIONS = 5;

/** Names near what was typed, nearest first: the same beginning or a part of it counts as one slip. */
export function suggest(word: string, names: readonly string[]): string[] {
  const typed = word.toLowerCase().slice(0, 80);
  const slips = (name: string) => {
    const known = name.toLowerCase();
    if (typed.length >= 3 && (known.includes(typed) || typed.includes(known))) return 1;
    return distance(typed, known);
  };
  return [...new Set(names)]
    .map((name) => ({ name, slips: slips(name) }))
    .filter(({ name, slips }) => slips <= Math.max(2, Math.floor(Math.max(name.length, typed.length) / 3)))
    .sort((a, b) => a.slips - b.slips || a.name.localeCompare(b.name))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ name }) => name);
}
