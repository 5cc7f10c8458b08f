import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createCanvas } from '@napi-rs/canvas';
import type { ChartConfig } from '../../src/model/chart.js';
import { chartOf } from '../../src/render/chart.js';
import { makeQuickchartDrawer } from '../../src/sources/quickchart/client.js';
import { leakWithLimit, NOW } from '../render/scenes.js';

type Asked = { readonly path: string; readonly body: Record<string, unknown> };
type Handler = (response: ServerResponse, asked: Asked) => void;

const never = new AbortController().signal;
const config: ChartConfig = { type: 'line', data: { labels: ['a'], datasets: [{ label: 'x', data: [1] }] }, options: {} };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe('a QuickChart server of our own', () => {
  test('gets JSON text that needs no evaluating, version 4, our size', async () => {
    const { url, asked } = await serve(picture(1600, 900));
    const { assessment, series } = leakWithLimit();
    const chart = chartOf(assessment, series, NOW);
    if (!chart) throw new Error('no chart');
    const png = await makeQuickchartDrawer(`${url}/charts/`).draw(chart.config, never);
    expect([...png.slice(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(asked[0]).toMatchObject({
      path: '/charts/chart',
      body: { version: '4', width: 800, height: 450, devicePixelRatio: 2, format: 'png', backgroundColor: '#ffffff' },
    });
    expect(JSON.parse(String(asked[0]?.body.chart))).toEqual(chart.config);
    expect(JSON.stringify(asked[0]?.body).length).toBeLessThan(100_000);
  });

  test('never sees code: what looks like it is a string in JSON', async () => {
    const { url, asked } = await serve(picture(10, 10));
    const label = '__BEGINFUNCTION__process.exit(1)__ENDFUNCTION__"});process.exit(1)//';
    await makeQuickchartDrawer(url).draw({ ...config, data: { labels: [label], datasets: [] } }, never);
    expect(JSON.parse(String(asked[0]?.body.chart))).toEqual({ ...config, data: { labels: [label], datasets: [] } });
  });
});

describe('a bad answer is an error', () => {
  test.each<[string, Handler, RegExp]>([
    ['500 with a reason', (r) => r.writeHead(500, { 'x-quickchart-error': 'too many points' }).end('x'), /500: too many points/],
    ['a picture with 404', (r) => r.writeHead(404).end('nothing'), /404/],
    ['a page', (r) => r.end(`<html>${' '.repeat(100)}</html>`), /not a PNG/],
    ['an SVG with a script', (r) => r.end(`<svg><script>alert(1)</script>${' '.repeat(100)}</svg>`), /not a PNG/],
    ['nothing', (r) => r.end(), /not a PNG/],
    ['10 MB', (r) => r.end(Buffer.alloc(10 * 2 ** 20, 1)), /more than 2097152 bytes/],
    ['a PNG of 65,535 pixels', (r) => r.end(claiming(65_535, 65_535)), /65535 × 65535/],
    ['a PNG a pixel too wide', (r) => r.end(claiming(1_601, 900)), /1601 × 900/],
    ['a connection cut in the middle', (r) => r.writeHead(200, { 'content-length': '5000' }).write('x', () => r.destroy()), /./],
  ])('%s', async (_what, handler, error) => {
    const { url } = await serve(handler);
    await expect(makeQuickchartDrawer(url).draw(config, never)).rejects.toThrow(error);
  });

  test('a redirect is not followed: the data stays here', async () => {
    const elsewhere = await serve(picture(10, 10));
    const { url } = await serve((response) => response.writeHead(307, { location: `${elsewhere.url}/chart` }).end());
    await expect(makeQuickchartDrawer(url).draw(config, never)).rejects.toThrow(/did not answer/);
    expect(elsewhere.asked).toEqual([]);
  });

  test('silence ends with the signal, also in the middle of a picture', async () => {
    for (const handler of [() => {}, (r: ServerResponse) => r.writeHead(200).write('\x89PNG')]) {
      const { url } = await serve(handler);
      const stop = new AbortController();
      const drawing = makeQuickchartDrawer(url).draw(config, stop.signal);
      setTimeout(() => stop.abort(new Error('deadline')), 100);
      await expect(drawing).rejects.toThrow('deadline');
    }
  });

  test('close ends what is under way', async () => {
    const { url } = await serve(() => {});
    const drawer = makeQuickchartDrawer(url);
    const drawing = drawer.draw(config, never);
    await Promise.all([expect(drawing).rejects.toThrow('closed'), drawer.close()]);
  });

  test('a server that is not there', async () => {
    const { url, close } = await serve(() => {});
    await close();
    await expect(makeQuickchartDrawer(url).draw(config, never)).rejects.toThrow(/did not answer/);
  });
});

/** QuickChart's side of `POST /chart`, strict: a chart that is not JSON is an error. */
async function serve(handler: Handler): Promise<{ url: string; asked: Asked[]; close(): Promise<void> }> {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const body = JSON.parse(text) as Record<string, unknown>;
      JSON.parse(String(body.chart));
      asked.push({ path: String(request.url), body });
      handler(response, { path: String(request.url), body });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  closers.push(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}

function picture(width: number, height: number): Handler {
  const png = createCanvas(width, height).toBuffer('image/png');
  return (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(png);
}

/** A small PNG whose header says that it is large. */
function claiming(width: number, height: number): Buffer {
  const png = createCanvas(1, 1).toBuffer('image/png');
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}
