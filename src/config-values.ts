import { z } from 'zod';
import { problem } from './config-examples.js';

/** What a variable may be; the words are the middle of a line about what is wrong with one (`config.ts`). */
export const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `is not a URL with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );
/** Where Redis is. What its password is cannot be told of a `%` that begins no character (RFC 3986). */
export const redis = url(['redis:', 'rediss:']).refine(
  isDecodable,
  'has a % that stands for nothing: in a name or password it is written %25',
);
export const flag = z.stringbool({
  truthy: ['1', 'true', 'on', 'yes'],
  falsy: ['0', 'false', 'off', 'no'],
  error: 'is neither on nor off',
});
export const wholeNumber = (low: number, high: number) =>
  z.coerce
    .number({ error: 'is not a number' })
    .int('is not a whole number')
    .min(low, `is below ${low}`)
    .max(high, `is above ${high}`);
/** What is sent in a header as it is. */
export const header = z.string().regex(/^[\x21-\x7e]+$/, 'has more than letters, digits and signs in it: a line break, a blank?');

/** Where commands are run in containers: an address like `DOCKER_HOST`, which it is when nothing else is said. */
export type ExecHost = { readonly dockerHost: string | undefined };
/** Off; on; or an address. */
export const exec = z.union([flag, url(['unix:', 'tcp:', 'http:', 'https:'])], { error: 'is neither on, off, nor an address' });

export function execHostOf(value: boolean | string | undefined, dockerHost: string | undefined): ExecHost | null {
  if (typeof value === 'string') return { dockerHost: value };
  return value ? { dockerHost } : null;
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== '';
  } catch {
    return false;
  }
}

export function passwordOf(redisUrl: string): string[] {
  const { password } = new URL(redisUrl);
  return password ? [decodeURIComponent(password), password] : [];
}

/** A server is asked by a bearer token, or by a name and its password. `untaken`: what is said to be wrong already. */
export function loginProblems(
  server: 'PROMETHEUS' | 'ALERTMANAGER',
  values: Readonly<Record<string, string>>,
  untaken: ReadonlySet<string | undefined>,
): string[] {
  const [token, user, password] = ['TOKEN', 'USER', 'PASSWORD'].map((word) => `${server}_${word}`) as [string, string, string];
  if (values[token] && values[user]) return [problem(token, `is set, and ${user} is too: keep one`)];
  const isNobodys = values[password] && !values[user] && !untaken.has(user);
  return isNobodys ? [problem(user, `is not set, and ${password} is`)] : [];
}

export const channel = z.string().regex(/^([CG]\w{6,}|#[^\s]{1,80})$/, 'is neither a channel id nor #name');
