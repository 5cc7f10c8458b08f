import { type Logger, pino } from 'pino';

/** Shapes of secrets: Slack tokens, response URLs, credentials in any URL, bearer headers. */
const SECRET_SHAPES: readonly [RegExp, string][] = [
  [/xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe\.[\w-]+/g, '[token]'],
  [/https?:\/\/[^\s"']*\/(?:commands|actions|response)\/[^\s"']*/g, '[response_url]'],
  [/(\w+:\/\/)[^\s/@"']*:[^\s/@"']*@/g, '$1[credentials]@'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [credentials]'],
];
const SECRET_KEYS = /token|secret|password|authorization|response_?url|trigger_id|cookie/i;

/**
 * One JSON line an event, on standard error: results are standard output's. Every string is searched for the secrets the
 * process knows and for what looks like one, so that an error message that quotes a URL is safe too.
 */
export function makeLogger(role: string, level: string, secrets: readonly string[]): Logger {
  const redact = makeRedactor(secrets);
  return pino(
    {
      level,
      base: { role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      // An error is an object by then: `clean` has taken its message, stack and causes.
      serializers: { err: (value) => value },
      formatters: { level: (label) => ({ level: label }), log: (object) => clean(object, redact, 0) as Record<string, unknown> },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((arg) => (typeof arg === 'string' ? redact(arg) : arg)) as Parameters<typeof method>);
        },
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Replaces each known secret and everything that has a secret's shape. */
export function makeRedactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret.length >= 6);
  return (text) => {
    let out = text;
    for (const secret of known) out = out.replaceAll(secret, '[secret]');
    for (const [shape, label] of SECRET_SHAPES) out = out.replace(shape, label);
    return out;
  };
}

function clean(value: unknown, redact: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (value instanceof Error) {
    const cause = value.cause === undefined || depth > 3 ? {} : { cause: clean(value.cause, redact, depth + 1) };
    return { name: value.name, message: redact(value.message), stack: redact(value.stack ?? ''), ...cause };
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 5) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => clean(item, redact, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEYS.test(key) && typeof item === 'string' ? '[secret]' : clean(item, redact, depth + 1),
    ]),
  );
}
