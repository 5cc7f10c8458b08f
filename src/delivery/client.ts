import { LogLevel, WebClient } from '@slack/web-api';
import { Agent } from 'undici';
import { Limited } from './errors.js';
import { request } from './request.js';

/** Makes a client that asks `inTime` in the line before the socket is written to, and sends nothing when it says no. */
export type MakeClient = (inTime: () => boolean) => WebClient;

/**
 * The outbox' clients. They never retry (the SDK's retries double messages: reliability DR3) and never sleep on a 429, which
 * would hold up other channels; `retryConfig` is given because Socket Mode changes a shared default. `apiUrl` undefined: Slack's.
 * `onAnswer` is told what came of each request.
 */
export function makeClients(token: string, requestMs: number, apiUrl?: string, onAnswer?: OnAnswer): MakeClient {
  const agent = new Agent();
  return (inTime) =>
    new WebClient(token, {
      ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
      retryConfig: { retries: 0 },
      timeout: requestMs,
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logLevel: LogLevel.ERROR,
      fetch: (url, init) => told(String(url), onAnswer, () => request(url, init ?? {}, inTime, agent)),
    });
}

export type OnAnswer = (method: string, outcome: 'ok' | 'limited' | 'refused' | 'unanswered') => void;

async function told(url: string, onAnswer: OnAnswer | undefined, ask: () => Promise<Response>): Promise<Response> {
  if (!onAnswer) return ask();
  const [, method = 'other'] = /\/([a-zA-Z]+\.[a-zA-Z.]+)(?:\?|$)/.exec(url) ?? [];
  let response: Response;
  try {
    response = await ask();
  } catch (error) {
    onAnswer(method, error instanceof Limited ? 'limited' : 'unanswered');
    throw error;
  }
  // Slack says no in a 200 (docs.slack.dev/apis/web-api, evaluating responses).
  const { ok } = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { ok?: unknown };
  onAnswer(method, ok === true ? 'ok' : ok === false ? 'refused' : 'unanswered');
  return response;
}

/** A text field of Slack's answer; an answer without it is no confirmation. */
export function field(answer: object, name: string): string {
  const value = (answer as Record<string, unknown>)[name];
  if (typeof value !== 'string' || value === '') throw new Error(`Slack's answer has no ${name}`);
  return value;
}
