import { LogLevel, WebClient } from '@slack/web-api';
import { Agent } from 'undici';
import { request } from './request.js';

/** Makes a client that asks `inTime` in the line before the socket is written to, and sends nothing when it says no. */
export type MakeClient = (inTime: () => boolean) => WebClient;

/**
 * The outbox' clients. They never retry (the SDK's retries double messages: reliability DR3) and never sleep on a 429, which
 * would hold up other channels; `retryConfig` is given because Socket Mode changes a shared default. `apiUrl` undefined: Slack's.
 */
export function makeClients(token: string, requestMs: number, apiUrl?: string): MakeClient {
  const agent = new Agent();
  return (inTime) =>
    new WebClient(token, {
      ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
      retryConfig: { retries: 0 },
      timeout: requestMs,
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logLevel: LogLevel.ERROR,
      fetch: (url, init) => request(url, init ?? {}, inTime, agent),
    });
}

/** A text field of Slack's answer; an answer without it is no confirmation. */
export function field(answer: object, name: string): string {
  const value = (answer as Record<string, unknown>)[name];
  if (typeof value !== 'string' || value === '') throw new Error(`Slack's answer has no ${name}`);
  return value;
}
