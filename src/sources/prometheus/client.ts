import axios, { type AxiosResponse } from 'axios';
import { type LeakwatchError, worldError } from '../../errors.js';
import type { Grid } from './query.js';

export type PrometheusAddress = {
  /** Where the API is, with what comes before `/api/v1`: Mimir has `/prometheus`, a VictoriaMetrics cluster `/select/0/prometheus`. */
  readonly url: string;
  readonly token: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Of Mimir, Cortex and Loki's kin: `X-Scope-OrgID`; of Thanos: `THANOS-TENANT`. */
  readonly tenant: string | undefined;
};

/** Answers as they come, as JSON. Each rejects with a world error that is fit for a channel, or with why the signal was aborted. */
export type PrometheusClient = {
  range(query: string, grid: Grid, signal: AbortSignal): Promise<unknown>;
  /** Of one selector, or of several in one question. */
  series(match: string | readonly string[], fromMs: number, toMs: number, signal: AbortSignal): Promise<unknown>;
};

/** More is not read: a day of 500 containers is 5 MB a query. */
export const MAX_ANSWER_BYTES = 16 * 2 ** 20;
const MAX_REASON = 200;
/**
 * VictoriaMetrics puts the point before in the place of those of the last 30 s, where points are less than a minute apart: what grows would
 * end flat (its `-search.latencyOffset`). This says that we want them as they are; others do not know the word, and do not mind it.
 */
const AS_THEY_ARE = { latency_offset: '1ms' };

/** Every call goes to the server of `address` and to no other: redirects are not followed, and no proxy of the environment is used. */
export function makePrometheusClient(address: PrometheusAddress, maxBytes = MAX_ANSWER_BYTES): PrometheusClient {
  const base = address.url.replace(/\/+$/, '');
  const headers = headersOf(address);

  /** A form, so that a query may be longer than an address. */
  async function post(path: string, form: Form, signal: AbortSignal): Promise<unknown> {
    const response = await asked(() =>
      axios.request<ArrayBuffer>({
        ...{ method: 'post', url: `${base}/api/v1/${path}`, data: written(form), headers, signal },
        ...{ responseType: 'arraybuffer', maxContentLength: maxBytes, maxRedirects: 0, proxy: false },
        validateStatus: () => true,
      }),
    );
    const json = jsonOf(response);
    if (response.status === 200 && json !== undefined) return json;
    throw refused(response, json);
  }

  async function asked(ask: () => Promise<AxiosResponse<ArrayBuffer>>): Promise<AxiosResponse<ArrayBuffer>> {
    try {
      return await ask().catch((error: unknown) => (isHungUp(error) ? ask() : Promise.reject(error)));
    } catch (error) {
      if (axios.isCancel(error)) throw worldError('Prometheus: was not waited for');
      throw explained(error, maxBytes);
    }
  }

  const seconds = (ms: number) => String(ms / 1_000);
  return {
    range: (query, { fromMs, stepMs, count }, signal) =>
      post(
        'query_range',
        { query, start: seconds(fromMs), end: seconds(fromMs + (count - 1) * stepMs), step: seconds(stepMs), ...AS_THEY_ARE },
        signal,
      ),
    series: (match, fromMs, toMs, signal) =>
      post('series', { 'match[]': match, start: seconds(fromMs), end: seconds(toMs) }, signal),
  };
}

type Form = Readonly<Record<string, string | readonly string[]>>;

/** A list is the same field several times. */
function written(form: Form): string {
  const fields = Object.entries(form).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]));
  return new URLSearchParams(fields).toString();
}

function headersOf({ token, user, password, tenant }: PrometheusAddress): Record<string, string> {
  const basic = user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;
  const authorization = token === undefined ? basic : `Bearer ${token}`;
  return {
    accept: 'application/json',
    // Packing costs both sides more than the way does, and what is not packed is as long as it says.
    'accept-encoding': 'identity',
    'content-type': 'application/x-www-form-urlencoded',
    ...(authorization === undefined ? {} : { authorization }),
    ...(tenant === undefined ? {} : { 'X-Scope-OrgID': tenant, 'THANOS-TENANT': tenant }),
  };
}

function jsonOf({ data }: AxiosResponse<ArrayBuffer>): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A connection that was kept from the question before, and that the server has closed since: Prometheus does after five minutes. What was asked on it
 * was not answered because nobody heard it, and it is asked once more, on a new one.
 */
function isHungUp(error: unknown): boolean {
  if (!axios.isAxiosError(error) || error.response) return false;
  const isKept = Boolean((error.request as { reusedSocket?: boolean } | undefined)?.reusedSocket);
  return isKept && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Errors of axios hold the request, and with it the token: none of them goes on. */
function explained(error: unknown, maxBytes: number): LeakwatchError {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { code: undefined, message: '' };
  if (/maxContentLength/.test(message)) return worldError(`Prometheus: its answer is too large (over ${maxBytes / 2 ** 20} MiB)`);
  return worldError(`Prometheus: cannot be reached (${code ?? 'error'})`);
}

function refused({ status, headers }: AxiosResponse<ArrayBuffer>, json: unknown): LeakwatchError {
  const why = reasonOf(json);
  const said = why ? `: ${why}` : '';
  if (status >= 300 && status < 400) return worldError(`Prometheus: sends elsewhere (${status}), which is not followed`);
  if (status === 401 || status === 403)
    return worldError(`Prometheus: refuses us (${status}); PROMETHEUS_TOKEN, PROMETHEUS_USER or PROMETHEUS_TENANT is wrong`);
  if (status === 404) return worldError('Prometheus: its API is not there (404); PROMETHEUS_URL is wrong');
  if (status === 200)
    return worldError(`Prometheus: what answers is none (${String(headers['content-type'] ?? 'no type').slice(0, 60)})`);
  return worldError(`Prometheus: answered ${status}${said}`);
}

function reasonOf(json: unknown): string {
  const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : '';
  return typeof error === 'string' ? error.slice(0, MAX_REASON) : '';
}
