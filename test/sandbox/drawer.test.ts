import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { ChartConfig, Drawer } from '../../src/model/chart.js';
import { chartOf } from '../../src/render/chart.js';
import { type DrawerOptions, makeDrawer } from '../../src/sandbox/drawer.js';
import { NOW, SCENES } from '../render/scenes.js';
import { buildDrawEntry, buildScript } from '../support/draw-entry.js';
import { endProcess, launch, until } from '../support/parts/process.js';
import { patient } from '../support/patience.js';

/** Answers as its one dataset's label says: in time, never, with rubbish, or not at all. */
const ODD_ENTRY = `
import { writeFileSync } from 'node:fs';
import { endWithParent } from './src/sandbox/end-with-parent.ts';
import { patient } from '../support/patience.js';
endWithParent();
let busy = false;
process.on('message', async ({ id, json }) => {
  const { label, marker } = JSON.parse(json).data.datasets[0];
  if (marker) writeFileSync(marker, label);
  if (busy) return process.send({ id, refused: 'two at a time' });
  if (label === 'hang') for (;;);
  if (label === 'die') process.exit(3);
  if (label === 'env') return process.send({ id, refused: Object.keys(process.env).sort().join() });
  if (label === 'rubbish') return process.send({ id, png: new TextEncoder().encode('<html>'.repeat(10)) });
  busy = true;
  await new Promise((resolve) => setTimeout(resolve, 20));
  busy = false;
  process.send({ id, png: Buffer.from('${onePixel()}', 'base64') });
});`;

const never = new AbortController().signal;
const drawers: Drawer[] = [];
let pids: number[] = [];
let entry = '';
let oddEntry = '';

beforeAll(async () => {
  entry = await buildDrawEntry();
  oddEntry = await buildScript('odd-entry', ODD_ENTRY);
});
afterEach(async () => {
  await Promise.all(drawers.splice(0).map((drawer) => drawer.close()));
  expect(pids.filter(isAlive)).toEqual([]);
  pids = [];
});
afterAll(() => Promise.all([entry, oddEntry].map((file) => rm(file, { force: true }))));

describe('the real child', () => {
  const started: number[] = [];
  let drawer: Drawer;
  beforeAll(() => {
    drawer = makeDrawer({ entry, onStart: (pid) => pid && started.push(pid) });
  });
  afterAll(async () => {
    await drawer.close();
    expect(started).toHaveLength(1);
    expect(started.filter(isAlive)).toEqual([]);
  });

  test('draws each kind of chart at its real size, with its words, on white', async () => {
    for (const [name, scene] of Object.entries(SCENES)) {
      const { assessment, series } = scene();
      const chart = chartOf(assessment, series, NOW);
      if (!chart) throw new Error(`${name} has no chart`);
      const { width, height, pixel, darkIn } = await look(await drawer.draw(chart.config, never));
      expect([name, width, height, pixel(1, 1)]).toEqual([name, 1600, 900, [255, 255, 255, 255]]);
      // The title: letters, not an empty strip (which is what a missing font leaves) and not a black one.
      expect(darkIn(0, 0, 1600, 70)).toBeGreaterThan(0.01);
      expect(darkIn(0, 0, 1600, 70)).toBeLessThan(0.3);
    }
  });

  test.each([
    ['another type', { ...config(), type: 'pie' }],
    ['values that are words', config({ data: ['1'] })],
    ['a million points', config({ data: Array.from({ length: 1_000_000 }, () => 1) })],
    ['2,001 points', config({ data: Array.from({ length: 2_001 }, () => 1) })],
    ['an object for a colour', config({ borderColor: { toString: 'x' } })],
    ['another key', { ...config(), plugins: [{ id: 'x' }] }],
    ['no data', { type: 'line', options: {} }],
    ['a dataset of another kind', config({ type: 'bubble' })],
    ['nothing', null],
  ])('refuses %s, and lives on', async (_what, hostile) => {
    await expect(drawer.draw(hostile as ChartConfig, never)).rejects.toThrow(/refused/);
    expect((await drawer.draw(config(), never)).length).toBeGreaterThan(1_000);
  });

  test('a picture that was given out is kept by nobody, however long the child lives', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const pictures: WeakRef<Uint8Array>[] = [];
    for (let i = 0; i < 3; i += 1) pictures.push(new WeakRef(await drawer.draw(config(), never)));
    // The last one may still be the drawer's: the next picture takes its place.
    await until('the pictures to be forgotten', 5_000, async () => {
      collect();
      return pictures.slice(0, 2).every((picture) => picture.deref() === undefined);
    });
  });

  test('size and density are its own: 65,535 pixels asked for are not drawn', async () => {
    const options = JSON.parse('{"devicePixelRatio":80,"aspectRatio":0.001,"responsive":true,"__proto__":{"polluted":1}}');
    const { width, height } = await look(await drawer.draw({ ...config(), options }, never));
    expect([width, height]).toEqual([1600, 900]);
  });

  test('a function is not JSON: it does not arrive', async () => {
    const options = {
      onResize: () => process.exit(1),
      scales: { y: { ticks: { callback: 'function () { process.exit(1) }' } } },
    };
    await drawer.draw({ ...config(), options }, never).catch(() => {});
    expect((await drawer.draw(config(), never)).length).toBeGreaterThan(1_000);
  });
});

describe('a child that misbehaves', () => {
  test.each([
    ['hang', /not drawn in 1500 ms/],
    ['die', /ended \(3\)/],
    ['rubbish', /not a PNG/],
  ])('%s: an error in bounded time, and the next picture works', async (label, error) => {
    const drawer = make({ entry: oddEntry, pictureMs: 1_500 });
    const from = performance.now();
    await expect(drawer.draw(config({ label }), never)).rejects.toThrow(error);
    expect(performance.now() - from).toBeLessThan(patient(6_000));
    await expect(drawer.draw(config({ label: 'fine' }), never)).resolves.toHaveProperty('length');
  });

  test('is stopped by the signal, in the middle of a picture', async () => {
    const drawer = make({ entry: oddEntry });
    const stop = new AbortController();
    const drawing = drawer.draw(config({ label: 'hang' }), stop.signal);
    await until('the child', 2_000, async () => pids.length > 0);
    stop.abort(new Error('enough'));
    await expect(drawing).rejects.toThrow('enough');
    await expect(drawer.draw(config({ label: 'fine' }), never)).resolves.toHaveProperty('length');
    expect(pids).toHaveLength(2);
  });

  test('an entry that is not there is an error, not a crash', async () => {
    await expect(make({ entry: '/nowhere/entry.js' }).draw(config(), never)).rejects.toThrow(/drawing child/);
  });
});

test('pictures asked for together are drawn one after the other, by one child', async () => {
  const drawer = make({ entry: oddEntry });
  const pictures = await Promise.all([1, 2, 3, 4].map(() => drawer.draw(config({ label: 'fine' }), never)));
  expect(pictures).toHaveLength(4);
  expect(pids).toHaveLength(1);
});

test('the child knows nothing of our environment', async () => {
  await expect(make({ entry: oddEntry }).draw(config({ label: 'env' }), never)).rejects.toThrow(
    /refused: (NODE_CHANNEL_FD,NODE_CHANNEL_SERIALIZATION_MODE)?$/,
  );
});

test('a child without work ends, and the next picture has a new one', async () => {
  const drawer = make({ entry: oddEntry, idleMs: 30 });
  await drawer.draw(config({ label: 'fine' }), never);
  await until('the end of the idle child', 3_000, async () => !isAlive(pids[0]));
  await drawer.draw(config({ label: 'fine' }), never);
  expect(pids).toHaveLength(2);
});

test('after close nothing is drawn, and what was being drawn fails', async () => {
  const drawer = make({ entry: oddEntry });
  const drawing = drawer.draw(config({ label: 'hang' }), never);
  await until('the child', 2_000, async () => pids.length > 0);
  await Promise.all([expect(drawing).rejects.toThrow(/SIGKILL/), drawer.close()]);
  await expect(drawer.draw(config({ label: 'fine' }), never)).rejects.toThrow(/closed/);
});

test('a source draws too, with the loader that its parent was started with (npm run dev)', async () => {
  const script = await buildScript(
    'from-source',
    `import { makeDrawer } from './src/sandbox/drawer.ts';
     const drawer = makeDrawer({ entry: ${JSON.stringify(resolve('src/sandbox/draw-entry.ts'))} });
     const png = await drawer.draw(${JSON.stringify(config())}, new AbortController().signal);
     await drawer.close();
     console.log('drawn', png.length);`,
  );
  const { child, output } = launch(process.execPath, ['--import', 'tsx', script]);
  const gone = new Promise((done) => child.once('exit', done));
  expect([await gone, output()]).toEqual([0, expect.stringMatching(/^drawn \d{4,}/)]);
  await rm(script);
});

test.each(['fine', 'hang'])('a worker that is killed leaves no child behind (%s)', async (label) => {
  const marker = `${oddEntry}.${label}`;
  const script = await buildScript(
    `worker-${label}`,
    `import { makeDrawer } from './src/sandbox/drawer.ts';
     const drawer = makeDrawer({ entry: ${JSON.stringify(oddEntry)}, pictureMs: 60_000, onStart: (pid) => console.log('pid', pid) });
     setInterval(() => {}, 1000);
     void drawer.draw(${JSON.stringify(config({ label, marker }))}, new AbortController().signal);`,
  );
  const { child, output } = launch(process.execPath, [script]);
  await until('the picture that was begun', 10_000, async () => existsSync(marker));
  const pid = Number(/pid (\d+)/.exec(output())?.[1]);
  expect(isAlive(pid)).toBe(true);
  const gone = endProcess(child);
  child.kill('SIGKILL');
  await gone;
  await until('the end of the orphan', 5_000, async () => !isAlive(pid));
  await Promise.all([script, marker].map((file) => rm(file)));
});

function make(options: DrawerOptions): Drawer {
  const drawer = makeDrawer({ ...options, onStart: (pid) => pid && pids.push(pid) });
  drawers.push(drawer);
  return drawer;
}

function config(dataset: Record<string, unknown> = {}): ChartConfig {
  return { type: 'line', data: { labels: ['a', 'b'], datasets: [{ label: 'anon', data: [1, 2], ...dataset }] }, options: {} };
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function look(png: Uint8Array) {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const darkIn = (x: number, y: number, width: number, height: number) => {
    const { data } = context.getImageData(x, y, width, height);
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 255) < 100) dark += 1;
    return dark / (width * height);
  };
  const pixel = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data];
  return { width: image.width, height: image.height, pixel, darkIn };
}

function onePixel(): string {
  return createCanvas(1, 1).toBuffer('image/png').toString('base64');
}
