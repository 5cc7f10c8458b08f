import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * Before a real Prometheus, one of which a part is gone: what it answers has `more` in it, as whoever stands before several stores says that, and
 * lacks the containers that are not `kept`. HTTP 200, as theirs.
 */
export async function startPartly(
  url: string,
  more: object,
  kept: (labels: Readonly<Record<string, string>>) => boolean = () => true,
) {
  const server = createServer(async (request, response) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${url}${request.url}`, { method: 'POST', headers, body: await text(request) });
    const { data, ...rest } = (await answer.json()) as { data: unknown };
    const some = Array.isArray(data) ? data.filter(kept) : data;
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...rest, data: some, ...more }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
