import { type Logger, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Workspace } from '../support/slack/workspace.js';

const none = (): void => {};
/** Refusals are what these tests are about; the SDK need not print them. */
const quiet: Logger = {
  ...{ debug: none, info: none, warn: none, error: none, setLevel: none, setName: none },
  getLevel: () => LogLevel.ERROR,
};

/** Slack's own client, with the bot's token unless another is given; it neither retries nor waits. */
export function clientOf(
  workspace: Workspace,
  token: string | undefined = workspace.botToken,
  options: WebClientOptions = {},
): WebClient {
  const patience = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  return new WebClient(token, { slackApiUrl: workspace.apiUrl, logger: quiet, ...patience, ...options });
}

type Thrown = { readonly data?: Readonly<Record<string, unknown>> };

/** What Slack answered when it refused; null when it did not. */
export async function refusalOf(call: Promise<unknown>): Promise<Readonly<Record<string, unknown>> | null> {
  return call.then(
    () => null,
    (thrown: Thrown) => thrown.data ?? { error: String(thrown) },
  );
}

/** Slack's word for its refusal, `nothing` when it did as asked. */
export async function wordOf(call: Promise<unknown>): Promise<unknown> {
  return (await refusalOf(call))?.error ?? 'nothing';
}
