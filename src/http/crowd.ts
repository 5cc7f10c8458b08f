import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most so many connections. One more ends the oldest of those that nobody is being answered by, be it that nothing was asked or that the
 * question is not whole yet: who drips or waits makes room for who asks, and not the other way round. Only where all are being answered
 * the new one is refused.
 *
 *     idle idle drips asks idle | asks
 *     ✗
 */
export function limitCrowd(server: Server, most: number): void {
  const answering = new Map<Socket, boolean>();
  server.on('connection', (socket: Socket) => {
    if (answering.size >= most) makeRoom(socket);
    answering.set(socket, false);
    socket.once('close', () => answering.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const set = (is: boolean) => {
      if (answering.has(socket)) answering.set(socket, is);
    };
    if (request.complete) set(true);
    else request.once('end', () => set(true));
    response.once('close', () => set(false));
  });

  function makeRoom(newcomer: Socket): void {
    for (const [socket, is] of answering) {
      if (is) continue;
      answering.delete(socket);
      socket.destroy();
      return;
    }
    newcomer.destroy();
  }
}
