import { InvalidArgumentError } from 'commander';

/** What an option of the command line may be; what is thrown stands behind the option's name. */
export function howMany(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number above 0 is expected.');
  return Number(text);
}

export function whichOne(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('the number of a snapshot is expected.');
  return Number(text);
}

/** Of an option that may be said several times: all that was said. */
export function eachOf(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
