import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RecordingProxy = {
  readonly url: string;
  /** `GET /containers/json`, ids as `<id>`, the query left out. */
  readonly asked: string[];
  /** While set, every request is broken off, and those under way are too. */
  breakOff(off: boolean): void;
  stop(): Promise<void>;
};

/** Stands before a real engine and writes down what it is asked; `onAsked` is told of the whole path. Listens on loopback, or on a socket of its own. */
export async function startRecordingProxy(
  socketPath: string,
  ownSocket?: string,
  onAsked: (path: string) => void = () => {},
): Promise<RecordingProxy> {
  const asked: string[] = [];
  let broken = false;
  const server = createServer((incoming, outgoing) => {
    onAsked(incoming.url ?? '');
    asked.push(`${incoming.method} ${incoming.url?.replace(/[0-9a-f]{64}/, '<id>').replace(/\?.*/, '')}`);
    if (broken) return void outgoing.destroy();
    const { method, url: path, headers } = incoming;
    const onward = request({ socketPath, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      // The events' head must not wait for the first event.
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    if (ownSocket) server.listen(ownSocket, resolve);
    else server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: ownSocket ? `unix://${ownSocket}` : `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    breakOff(off) {
      broken = off;
      if (off) server.closeAllConnections();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
