import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { catInside, runInside } from '../../../src/sources/docker/exec.js';
import type { InsideClient } from '../../../src/sources/docker/inside-client.js';

/** What an engine sends of one of a command's two outputs. */
function frame(output: 1 | 2, text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(output, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** An engine on which a command says this, whatever it is. */
function saying(...frames: Buffer[]) {
  const asked: { readonly tty: boolean }[] = [];
  const client: Pick<InsideClient, 'exec' | 'execState'> = {
    async exec(_, { tty }) {
      asked.push({ tty });
      const stream = new PassThrough();
      stream.end(Buffer.concat(frames));
      return { id: 'e'.repeat(64), stream };
    },
    execState: async () => ({ Running: false, ExitCode: 7 }),
  };
  return { client: client as InsideClient, asked };
}
const command = { argv: ['jcmd', '1', 'GC.class_histogram'], mostMs: 5_000, mostBytes: 1_000 };

test('errors that come before the number of the process, which was said first: one command, run once', async () => {
  const { client, asked } = saying(frame(2, 'a warning\n'), frame(1, '17\n'), frame(1, 'num #instances\n'));
  const { how, out, err, exitCode } = await runInside(client, 'c', command, new AbortController().signal);
  expect({ how, out: out.toString(), err, exitCode }).toEqual({
    how: 'ended',
    out: 'num #instances\n',
    err: 'a warning\n',
    exitCode: 7,
  });
  expect(asked).toEqual([{ tty: false }]);
});

test('no number at all: there is no shell, and it is run in a terminal', async () => {
  const { client, asked } = saying(frame(2, 'exec: "sh": executable file not found in $PATH'));
  await runInside(client, 'c', command, new AbortController().signal);
  expect(asked).toEqual([{ tty: false }, { tty: true }]);
});

test.each([true, false])(
  'a shell that does not come to say its number: late, and told when the engine says that it is there (%s)',
  async (isThere) => {
    const streams: PassThrough[] = [];
    const client = {
      exec: async () => ({ id: 'e'.repeat(64), stream: streams[streams.push(new PassThrough()) - 1] }),
      execState: async () => (isThere ? { Running: true, Pid: 4711 } : { Running: false, ExitCode: 0 }),
    } as unknown as InsideClient;
    const { signal } = new AbortController();
    const result = await runInside(client, 'c', { ...command, mostMs: 20 }, signal);
    expect(result).toMatchObject({ how: 'late', exitCode: null, leftPid: isThere ? 4711 : null });
    expect(await catInside(client, 'c', '/tmp/a-pipe', 20, signal)).toBeNull();
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  },
);

test('a file that stops in the middle is an error in time', async () => {
  const client = {
    exec: async () => {
      const stream = new PassThrough();
      stream.write(frame(1, '17\n'));
      stream.write(frame(1, 'half of it'));
      return { id: 'e'.repeat(64), stream };
    },
    execState: async () => ({ Running: false, ExitCode: 0 }),
  } as unknown as InsideClient;
  const file = await catInside(client, 'c', '/tmp/massif.out.1', 50, new AbortController().signal);
  const read = async () => {
    for await (const bytes of file ?? []) expect(bytes.toString()).toBe('half of it');
  };
  await expect(read()).rejects.toThrow('not read in time');
});
