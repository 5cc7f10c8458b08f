import { worldError } from '../errors.js';
import type { ChartConfig, Drawer } from '../model/chart.js';
import { assertPicture } from '../model/picture.js';
import { type Child, type Kind, startChild } from './child.js';
import type { DrawReply, DrawRequest } from './protocol.js';

export type DrawerOptions = {
  /** `draw-entry.js`, as built. A `.ts` is run with the loader that this process was started with. */
  readonly entry: string;
  /** For one picture, the start of the child included. */
  readonly pictureMs?: number;
  /** After this time without a picture the child ends: 100 MB are too much to keep for nothing. */
  readonly idleMs?: number;
  /** Told of each child that is started: for tests and metrics. */
  readonly onStart?: (pid: number | undefined) => void;
};

const DRAWING: Kind<DrawReply, Uint8Array> = {
  name: 'drawing',
  // Enough for a picture (about 60 MB); Skia's own memory is outside of it.
  heapMb: 256,
  answerOf(reply) {
    if ('png' in reply) return reply.png;
    throw new Error(`the chart was refused: ${reply.refused}`);
  },
};

/**
 * Draws in a child process, one picture at a time. The child is started by the first picture, ends after idling, and is killed
 * and replaced when it dies, hangs or is stopped: a picture fails in bounded time, and the next one has a new child.
 */
export function makeDrawer({ entry, pictureMs = 15_000, idleMs = 3 * 60_000, onStart }: DrawerOptions): Drawer {
  let child: Child<DrawRequest, Uint8Array> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  let ids = 0;

  function living(): Child<DrawRequest, Uint8Array> {
    if (!child?.alive()) {
      child = startChild(entry, DRAWING);
      onStart?.(child.pid);
    }
    return child;
  }

  async function drawNow(config: ChartConfig, signal: AbortSignal): Promise<Uint8Array> {
    if (closed) throw worldError('the drawer is closed');
    signal.throwIfAborted();
    clearTimeout(idle);
    const tooLong = new AbortController();
    const timer = setTimeout(() => tooLong.abort(worldError(`the picture was not drawn in ${pictureMs} ms`)), pictureMs);
    const used = living();
    try {
      ids += 1;
      const png = await used.ask({ id: ids, json: JSON.stringify(config) }, AbortSignal.any([signal, tooLong.signal]));
      assertPicture(png);
      return png;
    } finally {
      clearTimeout(timer);
      if (!closed) idle = setTimeout(() => void used.kill(), idleMs).unref();
    }
  }

  return {
    draw(config, signal) {
      const mine = last.then(() => drawNow(config, signal));
      last = mine.catch(() => {});
      return mine;
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      await child?.kill();
      await last;
    },
  };
}
