import { RE2JS } from 're2js';
import type { Matches } from './drop-frames.js';

/** Go's expressions, in linear time whatever they are; loaded only for a profile that has some. */
export function compile(expression: string): Matches {
  const whole = RE2JS.compile(`^(${expression})$`);
  return (text) => whole.matcher(text).find();
}
