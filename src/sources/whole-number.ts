import { personError } from '../errors.js';

/** A number that a line says, 0 or more. Throws a person's error where it is beyond 2^53: what comes of it would not be exact. */
export function wholeNumber(digits: string | undefined, line: number): number {
  const number = Number(digits);
  if (digits === undefined || !Number.isSafeInteger(number))
    throw personError(`line ${line}: is damaged: ${digits} is no number of bytes.`);
  return number;
}

/** Of all stacks together, and of rows that are a stack each. Real ones have thousands. */
export const MOST_FRAMES = 2 ** 23;

/** A person's error: more than `MOST_FRAMES`. */
export function tooMany(): Error {
  return personError(`is refused: more than ${MOST_FRAMES} calls in all stacks together.`);
}
