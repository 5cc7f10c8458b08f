import quickchart from 'quickchart-js';
import { within, worldError } from '../../errors.js';
import type { ChartConfig, Drawer } from '../../model/chart.js';
import { PICTURE, readPicture } from '../../model/picture.js';

/** At run time the default export is the class; its types are those of the CommonJS build, where it is a property. */
const QuickChart = quickchart as unknown as typeof quickchart.default;

/** A chart server that takes longer is down: the message has long been out, and the job comes again. */
const ANSWER_MS = 10_000;

/**
 * Draws with the QuickChart server at `url`, and with no other: redirects are not followed. The client library makes the request
 * body from JSON text (given an object it would write JavaScript, which the server evaluates); it is sent here because the
 * library can neither be stopped nor bounded in what it reads. Throws a world error when there is no answer or an error
 * instead of a picture, and an error when the answer is no PNG of our size.
 */
export function makeQuickchartDrawer(url: string): Drawer {
  const base = new URL(url);
  const place = `${base.host}${base.pathname.replace(/\/+$/, '')}`;
  const endpoint = `${base.protocol}//${place}/chart`;
  /** One a picture: on Node 20 each `AbortSignal.any` stays behind in the longest-lived of its signals. */
  const drawing = new Set<AbortController>();
  const closed = () => worldError('the drawer is closed');
  let open = true;

  return {
    async draw(config, signal) {
      if (!open) throw closed();
      const own = new AbortController();
      drawing.add(own);
      try {
        return await drawNow(config, within(ANSWER_MS, AbortSignal.any([signal, own.signal])));
      } finally {
        drawing.delete(own);
      }
    },
    async close() {
      open = false;
      for (const own of drawing) own.abort(closed());
    },
  };

  async function drawNow(config: ChartConfig, bounded: AbortSignal): Promise<Uint8Array> {
    const response = await ask(endpoint, requestBody(config), bounded);
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      const why = (response.headers.get('x-quickchart-error') ?? '').slice(0, 200);
      throw worldError(`the chart server answered ${response.status}${why ? `: ${why}` : ''}`);
    }
    return readPicture(response.body);
  }
}

function requestBody(config: ChartConfig): string {
  const chart = new QuickChart()
    .setConfig(JSON.stringify(config))
    .setWidth(PICTURE.width)
    .setHeight(PICTURE.height)
    .setDevicePixelRatio(PICTURE.density)
    .setBackgroundColor('#ffffff')
    .setFormat('png')
    .setVersion('4');
  return JSON.stringify(chart.getPostData());
}

async function ask(endpoint: string, body: string, signal: AbortSignal): Promise<Response> {
  try {
    const headers = { 'content-type': 'application/json' };
    return await fetch(endpoint, { method: 'POST', headers, body, signal, redirect: 'error' });
  } catch (error) {
    if (signal.aborted && signal.reason instanceof Error && signal.reason.name !== 'TimeoutError') throw signal.reason;
    throw worldError('the chart server did not answer', error);
  }
}
