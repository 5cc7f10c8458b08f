import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { runInside } from '../../../src/sources/docker/exec.js';
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
