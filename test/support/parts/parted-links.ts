import { createSocket, type Socket } from 'node:dgram';
import { connect, createServer, type Server, type Socket as Stream } from 'node:net';

/** A member of a cluster that gossips: it listens at `port`, and the others are told that it is at `through`. */
type Member = { readonly port: number; readonly through: number };

/**
 * What lies between the members of a cluster (Alertmanager's, which is HashiCorp's memberlist), all on 127.0.0.1: each is reached through a relay, for
 * UDP and TCP. Of a packet its source says who sent it, because a member sends from the port at which it listens; a connection comes from
 * anywhere. So while one is `cutOff`, none of its packets gets through, none gets to it, and nobody connects to anybody: the others go on by
 * packets, which are all but the bulk of a join. It is in the process of the test, and ends with it.
 *
 *     a ──► through(a) ──► a        cutOff(c):  a ◄──► b    c
 */
export async function startLinks(members: readonly Member[]) {
  let lost: Member | null = null;
  const open = new Set<Stream>();
  const closers = await Promise.all(members.map((member) => relay(member)));

  async function relay(member: Member): Promise<() => void> {
    const packets = createSocket('udp4');
    packets.on('message', (packet, { port }) => {
      if (lost !== null && (lost === member || lost.port === port)) return;
      packets.send(packet, member.port, '127.0.0.1');
    });
    const server = createServer((near) => {
      if (lost !== null) return near.destroy();
      const far = connect(member.port, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(one);
        one.on('error', () => {}).on('close', () => open.delete(one) && other.destroy());
        one.pipe(other);
      }
    });
    await Promise.all([bound(packets, member.through), listening(server, member.through)]);
    return () => {
      packets.close();
      server.close();
    };
  }

  const cut = () => {
    for (const one of open) one.destroy();
  };
  return {
    cutOff(port: number): void {
      lost = members.find((member) => member.port === port) ?? null;
      cut();
    },
    heal(): void {
      lost = null;
    },
    stop(): void {
      cut();
      for (const close of closers) close();
    },
  };
}

const bound = (socket: Socket, port: number) =>
  new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, '127.0.0.1', resolve));
const listening = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
