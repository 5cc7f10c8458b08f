/** What the engine answers instead: a status and one sentence. */
export class EngineRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type Filters = ReadonlyMap<string, readonly string[]>;

/** `{"type":["container"]}`, or as clients before API 1.22 say it, `{"type":{"container":true}}`. */
export function filtersOf(query: URLSearchParams): Filters {
  const text = query.get('filters');
  if (!text) return new Map();
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch (error) {
    throw new EngineRefusal(500, error instanceof Error ? error.message : String(error));
  }
  const entries = Object.entries(told as Record<string, unknown>);
  return new Map(
    entries.map(([name, values]) => [name, Array.isArray(values) ? values.map(String) : Object.keys(values as object)]),
  );
}

/** As the engine reads it (moby api/server/httputils/form.go). */
export function isTrue(query: URLSearchParams, name: string, otherwise = false): boolean {
  const value = query.get(name);
  if (value === null) return otherwise;
  return !['', '0', 'no', 'false', 'none'].includes(value.trim().toLowerCase());
}

/** `since`: seconds, with a fraction of up to nine digits; null: not asked for. */
export function nanosOf(query: URLSearchParams, name: string): bigint | null {
  const text = query.get(name);
  if (!text) return null;
  const [seconds = '', fraction = ''] = text.split('.');
  const wrong = [seconds, fraction].find((part) => !/^\d*$/.test(part)) ?? (seconds === '' ? seconds : undefined);
  if (wrong !== undefined) throw new EngineRefusal(500, `strconv.ParseInt: parsing "${wrong}": invalid syntax`);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

/** The fake does not pretend: what it does not do is refused, loudly. */
export function allowOnly(query: URLSearchParams, path: string, names: readonly string[]): void {
  for (const name of query.keys())
    if (!names.includes(name)) throw new EngineRefusal(501, `the fake engine has no ${name} for ${path}`);
}
