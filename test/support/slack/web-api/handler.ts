import type { IncomingHttpHeaders } from 'node:http';
import type { Faults } from '../faults.js';
import type { RateLimits } from '../rate-limits.js';
import { SlackRefusal } from '../words.js';
import { type Answer, json, limited } from './answer.js';
import { type Args, readArgs } from './args.js';
import type { Api, Method, Methods } from './method.js';

/** One call of the Web API, of a response URL (`response_url`) or of an upload URL (`upload`). Tokens are left out. */
export type Call = {
  readonly method: string;
  readonly args: Args;
  readonly atMs: number;
  /** `ok`, Slack's word, or the fault; `pending` while it runs. */
  outcome: string;
};

export type ApiRequest = {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly query: URLSearchParams;
};

export type Tokens = { readonly bot: string; readonly app: string; problem(): string | undefined };

/** Answers calls, looking at things in Slack's order: method, token, scope, pace, arguments. */
export function makeWebApi(parts: {
  readonly api: Api;
  readonly methods: Methods;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly limits: RateLimits;
  readonly calls: Call[];
  readonly nowMs: () => number;
}) {
  const { api, methods, tokens, faults, limits, calls, nowMs } = parts;

  async function run(name: string, args: Args, token: string | undefined): Promise<Answer> {
    const method = methodOf(name);
    if (!method) throw new SlackRefusal('unknown_method', { req_method: name });
    authorise(method, token);
    requireScope(scopesOf(name, args));
    const restSeconds = limits.take(name, method.perMinute, args);
    if (restSeconds > 0) return limited(String(restSeconds));
    return json({ ok: true, ...(await method.run(args, api)) }, headersOf(name, args));
  }

  const methodOf = (name: string): Method | undefined => (Object.hasOwn(methods, name) ? methods[name] : undefined);

  function scopesOf(name: string, args: Args): readonly string[] {
    const scopes = methodOf(name)?.scopes ?? [];
    return typeof scopes === 'function' ? scopes(args, api) : scopes;
  }

  /** What the token may and what the method needs: on refusals too. */
  function headersOf(name: string, args: Args): Record<string, string> {
    return { 'x-oauth-scopes': api.scopes.join(','), 'x-accepted-oauth-scopes': scopesOf(name, args).join(',') };
  }

  function authorise({ token: kind }: Method, token: string | undefined): void {
    if (kind === 'none') return;
    if (!token) throw new SlackRefusal('not_authed');
    if (token !== tokens.bot && token !== tokens.app) throw new SlackRefusal('invalid_auth');
    const problem = tokens.problem();
    if (problem) throw new SlackRefusal(problem);
    if (token !== tokens[kind]) throw new SlackRefusal('not_allowed_token_type');
  }

  function requireScope(scopes: readonly string[]): void {
    if (scopes.length === 0 || scopes.some((scope) => api.scopes.includes(scope))) return;
    throw new SlackRefusal('missing_scope', { needed: scopes.join(','), provided: api.scopes.join(',') });
  }

  return async function handle(name: string, request: ApiRequest): Promise<Answer> {
    const call: Call = { method: name, args: {}, atMs: nowMs(), outcome: 'pending' };
    calls.push(call);
    try {
      const { token, ...args } = await readArgs(request.body, request.headers['content-type'] ?? '', request.query);
      Object.assign(call, { args });
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      return await faults.around(call, () => run(name, args, bearer ?? (token as string | undefined)));
    } catch (error) {
      call.outcome = error instanceof SlackRefusal ? error.word : String(error);
      if (!(error instanceof SlackRefusal)) throw error;
      return json({ ok: false, error: error.word, ...error.more }, headersOf(name, call.args));
    } finally {
      if (call.outcome === 'pending') call.outcome = 'ok';
    }
  };
}
