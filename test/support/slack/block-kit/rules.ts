/** Where a value stands, and how to say what is wrong with it. `isPicture`: whether a `slack_file` can be shown by now. */
export type Place = {
  readonly pointer: string;
  readonly report: (problem: string) => void;
  readonly isPicture: (reference: { id?: unknown; url?: unknown }) => boolean;
};

/** A rule looks at a value and reports what Slack would say of it. Texts are Slack's own; they end in a JSON pointer. */
export type Rule = (value: unknown, place: Place) => void;
export type Fields = Readonly<Record<string, Rule>>;

export function at(place: Place, key: string | number): Place {
  return { ...place, pointer: `${place.pointer}/${key}` };
}

export function complain(place: Place, message: string): void {
  place.report(`${message} [json-pointer:${place.pointer}]`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const bool: Rule = (value, place) => {
  if (typeof value !== 'boolean') complain(place, 'must provide a boolean');
};

export function str(max: number, min = 1, pattern?: RegExp): Rule {
  return (value, place) => {
    if (typeof value !== 'string') return complain(place, 'must provide a string');
    if (value.length < min) complain(place, `must be more than ${min - 1} characters`);
    if (value.length > max) complain(place, `must be less than ${max + 1} characters`);
    if (pattern && !pattern.test(value)) complain(place, `input must match regex pattern: ${pattern.source}`);
  };
}

export function int(min: number, max: number): Rule {
  return (value, place) => {
    if (!Number.isInteger(value)) return complain(place, 'must provide an integer');
    if (Number(value) < min) complain(place, `must be greater than or equal to ${min}`);
    if (Number(value) > max) complain(place, `must be less than or equal to ${max}`);
  };
}

export const num: Rule = (value, place) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) complain(place, 'must provide a number');
};

export function oneOf(...words: readonly string[]): Rule {
  return (value, place) => {
    if (typeof value !== 'string') return complain(place, 'must provide a string');
    if (!words.includes(value)) complain(place, 'must be a valid enum value');
  };
}

export function list(item: Rule, max: number, min = 1): Rule {
  return (value, place) => {
    if (!Array.isArray(value)) return complain(place, 'must provide an array');
    if (value.length < min) complain(place, `must provide at least ${min} items`);
    if (value.length > max) complain(place, `no more than ${max} items allowed`);
    for (const [index, one] of value.entries()) item(one, at(place, index));
  };
}

/** An object of known fields: what is missing and what is unknown are both refused. */
export function object(required: Fields, optional: Fields = {}): Rule {
  return (value, place) => {
    if (!isObject(value)) return complain(place, 'must provide an object');
    for (const name of Object.keys(required)) {
      if (value[name] === undefined || value[name] === null) complain(place, `missing required field: ${name}`);
    }
    for (const [name, inner] of Object.entries(value)) {
      const rule = Object.hasOwn(required, name) ? required[name] : Object.hasOwn(optional, name) ? optional[name] : undefined;
      if (!rule) complain(place, `invalid additional property: ${name}`);
      else if (inner !== undefined && inner !== null) rule(inner, at(place, name));
    }
  };
}

const anything: Rule = () => {};

/** An object that says its kind in `type`. */
export function typed(required: Fields, optional: Fields = {}): Rule {
  return object({ type: anything, ...required }, optional);
}

/** Chooses the rule by the value's `type`. */
export function byType(rules: Fields): Rule {
  return (value, place) => {
    if (!isObject(value)) return complain(place, 'must provide an object');
    if (value.type === undefined) return complain(place, 'missing required field: type');
    const rule = typeof value.type === 'string' && Object.hasOwn(rules, value.type) ? rules[value.type] : undefined;
    if (!rule) return complain(at(place, 'type'), `unsupported type: ${String(value.type)}`);
    rule(value, place);
  };
}

/** Both: what no single field can tell goes into the second. */
export function both(first: Rule, second: Rule): Rule {
  return (value, place) => {
    first(value, place);
    second(value, place);
  };
}

/** At least one of these fields. */
export function needsOneOf(...names: readonly string[]): Rule {
  return (value, place) => {
    if (isObject(value) && !names.some((name) => value[name] !== undefined))
      complain(place, `missing required field: ${names.join(' or ')}`);
  };
}
