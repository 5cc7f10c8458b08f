import { createHmac, randomBytes } from 'node:crypto';
import type { Faults } from '../faults.js';
import { type Ack, type Delivery, fromOtherTeam, type Outgoing } from './delivery.js';

/** Slack refuses what is older than five minutes; the app should, too. */
const SKEW_SECONDS = { old: -600, future: 600 } as const;

type Request = { readonly headers: Record<string, string>; readonly body: string };

export type HttpDelivery = Delivery & {
  /** Slack's question when a request URL is set: whether it gives the challenge back (docs.slack.dev/reference/events/url_verification). */
  verify(): Promise<boolean>;
};

/** Signed requests to the app's request URL (docs.slack.dev/authentication/verifying-requests-from-slack). */
export function httpDelivery(parts: {
  readonly signingSecret: string;
  readonly requestUrl: () => string | undefined;
  readonly faults: Faults;
  readonly ackMs: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}): HttpDelivery {
  const { signingSecret, requestUrl, faults, ackMs, nowMs, signal } = parts;

  function signed(outgoing: Outgoing, fault: ReturnType<Faults['delivery']>): Request {
    const { body, type } = encoded(fault === 'strange-team' ? fromOtherTeam(outgoing) : outgoing);
    const skew = fault === 'old' || fault === 'future' ? SKEW_SECONDS[fault] : 0;
    const at = String(Math.floor(nowMs() / 1_000) + skew);
    const secret = fault === 'forged' ? `not ${signingSecret}` : signingSecret;
    const signature = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex');
    const retry = outgoing.retry;
    const headers = {
      'content-type': type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': at,
      'x-slack-signature': `v0=${signature}`,
      ...(retry ? { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason } : {}),
    };
    return { headers, body };
  }

  async function post(url: string, { headers, body }: Request): Promise<Ack> {
    const from = performance.now();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ackMs)]);
    try {
      const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: limit });
      const read = readBody(await response.text());
      const ms = performance.now() - from;
      const noRetry = response.headers.get('x-slack-no-retry') === '1';
      return { status: response.status, body: read, error: response.ok ? null : 'dispatch_failed', ms, noRetry };
    } catch (error) {
      const late = (error as Error).name === 'TimeoutError';
      return { status: 0, body: null, error: late ? 'operation_timeout' : 'dispatch_failed', ms: performance.now() - from };
    }
  }

  return {
    async send(outgoing) {
      const url = requestUrl();
      if (!url) return { status: 0, body: null, error: 'dispatch_failed', ms: 0 };
      const fault = faults.delivery(outgoing.kind);
      const request = signed(outgoing, fault);
      const [ack] = await Promise.all([post(url, request), ...(fault === 'duplicate' ? [post(url, request)] : [])]);
      return ack;
    },
    async verify() {
      const url = requestUrl();
      const challenge = randomBytes(16).toString('hex');
      const question: Outgoing = { kind: 'event', payload: { type: 'url_verification', token: 'deprecated', challenge } };
      const ack = url ? await post(url, signed(question, undefined)) : undefined;
      const given = ack?.body as { challenge?: string; text?: string } | null | undefined;
      return ack?.error === null && (given?.challenge ?? given?.text) === challenge;
    },
    stop: async () => {},
  };
}

/** Commands are form fields, clicks and the like one form field of JSON, events JSON. */
function encoded({ kind, payload }: Outgoing): { body: string; type: string } {
  if (kind === 'event') return { body: JSON.stringify(payload), type: 'application/json' };
  const fields = kind === 'command' ? (payload as Record<string, string>) : { payload: JSON.stringify(payload) };
  return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' };
}

/** An acknowledgement may be empty, a plain text, or a message. */
function readBody(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
