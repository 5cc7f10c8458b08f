import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { worldError } from '../errors.js';

export type Results = {
  /** One JSON object a line. Waits while the reader is slow; rejects when there is no reader any more, or no room. */
  write(result: object): Promise<void>;
  /** Text as it is, in the same way. */
  print(text: string): Promise<void>;
  /** Waits until all is handed over. */
  end(): Promise<void>;
};

/** To a file Node writes at once and throws, to a pipe it tells later: both come out of the same call here. */
export function makeResults(stream: Writable): Results {
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  const put = async (text: string) => {
    try {
      if (failure) throw failure;
      if (!stream.write(text)) await once(stream, 'drain');
    } catch (error) {
      if (isReaderGone(error)) throw error;
      throw worldError(`standard output: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };
  return {
    write: (result) => put(`${JSON.stringify(result)}\n`),
    print: put,
    async end() {
      await new Promise<void>((resolve) => stream.write('', () => resolve()));
      await put('');
    },
  };
}

/** Whoever read has gone: `leakwatch assess … | head`. That is no error of anybody's. */
export function isReaderGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
