import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Grafana's annotations as its HTTP API describes them (`/api/annotations`: find by all of some tags, create, patch, delete): what it refuses
 * is refused here. No annotation is known twice by anything but its tags.
 */
export type Annotated = { readonly id: number; time: number; timeEnd: number; tags: string[]; text: string };
export type GrafanaDouble = {
  readonly url: string;
  readonly annotations: Map<number, Annotated>;
  readonly refused: string[];
  /** `POST /api/annotations`, in their order. */
  readonly asked: string[];
  /** Of the next requests: answered so and not taken; `after`: taken, and the answer is lost; `never`: no answer at all. */
  fail(how: 'after' | 'never' | number, times: number): void;
  stop(): Promise<void>;
};

type Body = { time?: unknown; timeEnd?: unknown; tags?: unknown; text?: unknown };
const KNOWN = ['time', 'timeEnd', 'tags', 'text', 'dashboardUID', 'panelId', 'data'];
const PATH = /^\/grafana\/api\/annotations(?:\/(\d+))?(?:\?(.*))?$/;

export async function startGrafana(token: string): Promise<GrafanaDouble> {
  const annotations = new Map<number, Annotated>();
  const [refused, asked]: [string[], string[]] = [[], []];
  let failing: { how: 'after' | 'never' | number; times: number } = { how: 'after', times: 0 };
  let last = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    asked.push(`${request.method} ${request.url?.split('?')[0]?.replace('/grafana', '')}`);
    const say = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const fails = failing.times > 0 && (failing.how !== 'after' || request.method !== 'GET');
    if (fails) failing.times -= 1;
    if (fails && failing.how === 'never') return;
    if (fails && typeof failing.how === 'number') return say(failing.how, { message: MESSAGES[failing.how] ?? 'error' });
    if (request.headers.authorization !== `Bearer ${token}`) return say(401, { message: 'Invalid API key' });
    const [status, answer] = answerTo(request, Buffer.concat(parts).toString());
    if (status >= 400) refused.push(`${request.method} ${request.url}: ${JSON.stringify(answer)}`);
    if (fails) return request.socket.destroy();
    say(status, answer);
  });

  function answerTo({ method, url = '' }: IncomingMessage, text: string): [number, unknown] {
    const [, idText, query] = PATH.exec(url) ?? [];
    if (!PATH.test(url)) return [404, { message: 'Not found' }];
    if (method === 'GET' && !idText) return [200, found(new URLSearchParams(query))];
    if (method === 'POST' && !idText) return create(text);
    const annotation = annotations.get(Number(idText));
    if (!idText || !['PATCH', 'DELETE'].includes(String(method))) return [404, { message: 'Not found' }];
    if (!annotation) return [404, { message: 'Annotation not found' }];
    if (method === 'DELETE') {
      annotations.delete(annotation.id);
      return [200, { message: 'Annotation deleted' }];
    }
    const problem = problemOf(text);
    if (problem) return [400, { message: problem }];
    Object.assign(annotation, JSON.parse(text));
    return [200, { message: 'Annotation patched' }];
  }

  function found(query: URLSearchParams): Annotated[] {
    const tags = query.getAll('tags');
    const own = [...annotations.values()].filter((one) => tags.every((tag) => one.tags.includes(tag)));
    // The newest first, as Grafana's own query has it.
    return own.sort((a, b) => b.time - a.time || b.id - a.id).slice(0, Number(query.get('limit') ?? 100));
  }

  function create(text: string): [number, unknown] {
    const problem = problemOf(text);
    if (problem) return [400, { message: problem }];
    const body = JSON.parse(text) as Omit<Annotated, 'id'>;
    if (!body.text) return [400, { message: 'Failed to save annotation', error: 'text field should not be empty' }];
    last += 1;
    annotations.set(last, {
      id: last,
      time: body.time,
      timeEnd: body.timeEnd ?? body.time,
      tags: body.tags ?? [],
      text: body.text,
    });
    return [200, { message: 'Annotation added', id: last }];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/grafana/`,
    ...{ annotations, refused, asked },
    fail(how, times) {
      failing = { how, times };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'Invalid API key',
  403: "You'll need additional permissions to perform this action. Permissions needed: annotations:write",
  404: 'Not found',
  502: 'Bad gateway',
};

function problemOf(text: string): string | null {
  let body: Body;
  try {
    body = JSON.parse(text) as Body;
  } catch {
    return 'bad request data';
  }
  const unknown = Object.keys(body).find((name) => !KNOWN.includes(name));
  if (unknown) return `${unknown} is unknown`;
  const { time, timeEnd, tags } = body;
  for (const at of [time, timeEnd])
    if (at !== undefined && !Number.isSafeInteger(at)) return 'bad request data: time is an int64';
  if (Number(timeEnd) < Number(time)) return 'timeEnd is before time';
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string' || tag.length > 100))
    return 'tags are strings of at most 100';
  return null;
}
