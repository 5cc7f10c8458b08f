import { type Json, SlackRefusal } from '../words.js';

export type Args = Readonly<Json>;

/** Arguments that are JSON; in a urlencoded body they are JSON strings. */
const JSON_ARGS = new Set(['blocks', 'attachments', 'metadata', 'view', 'files', 'message', 'loading_messages']);

/**
 * Reads a request's arguments, as urlencoded form or as JSON. JSON arguments that do not parse stay strings: each method has
 * its own word for that. Throws `invalid_json`, `json_not_object` or `invalid_form_data`.
 */
export async function readArgs(body: Buffer, contentType: string, query: URLSearchParams): Promise<Args> {
  const fromQuery = Object.fromEntries(query);
  if (contentType.startsWith('application/json')) return { ...fromQuery, ...readJson(body.toString()) };
  if (contentType.startsWith('multipart/form-data')) return { ...fromQuery, ...(await readMultipart(body, contentType)) };
  if (body.length > 0 && !contentType.startsWith('application/x-www-form-urlencoded'))
    throw new SlackRefusal('invalid_post_type');
  return opened({ ...fromQuery, ...Object.fromEntries(new URLSearchParams(body.toString())) });
}

function readJson(body: string): Json {
  let read: unknown;
  try {
    read = JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new SlackRefusal('invalid_json');
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new SlackRefusal('json_not_object');
  const { token: _notTakenFromJson, ...args } = read as Json;
  return args;
}

async function readMultipart(body: Buffer, contentType: string): Promise<Json> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return opened(Object.fromEntries([...form].filter(([, value]) => typeof value === 'string')));
  } catch {
    throw new SlackRefusal('invalid_form_data');
  }
}

function opened(args: Json): Json {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, JSON_ARGS.has(name) ? parsed(value) : value]));
}

function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
}

/** A text argument; empty counts as absent, as Slack does. */
export function text(args: Args, name: string): string | undefined {
  const value = args[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

/** A text argument that has to be there. */
export function need(args: Args, name: string): string {
  const value = text(args, name);
  if (value === undefined) throw badArguments([`missing required field: ${name}`]);
  return value;
}

export function flag(args: Args, name: string): boolean {
  return args[name] === true || args[name] === 'true' || args[name] === '1' || args[name] === 1;
}

export function count(args: Args, name: string, otherwise: number, max: number): number {
  const value = Number(text(args, name) ?? otherwise);
  if (!Number.isInteger(value) || value < 1) throw new SlackRefusal('invalid_limit');
  return Math.min(value, max);
}

export function badArguments(messages: readonly string[]): SlackRefusal {
  return new SlackRefusal('invalid_arguments', {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}
