import { mkdir, writeFile } from 'node:fs/promises';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { serviceTrend, trendOf } from '../../src/analysis/trend.js';
import type { Chart } from '../../src/model/chart.js';
import { card } from '../../src/render/card.js';
import { chartOf } from '../../src/render/chart.js';
import { chartedSeries } from '../../src/render/chart-window.js';
import { digestMessage } from '../../src/render/digest.js';
import { heapChart } from '../../src/render/heap-chart.js';
import { heapMessage } from '../../src/render/heap-evidence.js';
import { trendTitle } from '../../src/render/trend.js';
import { makeDrawer } from '../../src/sandbox/drawer.js';
import { buildDrawEntry } from '../support/draw-entry.js';
import { ending, OVER } from './endings.js';
import { HEAPS } from './heap-scenes.js';
import { JUDGED } from './judged-calm.js';
import { MORNINGS } from './mornings.js';
import { NOW, SCENES } from './scenes.js';

/** `npx tsx test/render/pictures.ts`: every kind of card and digest as text and every kind of chart as PNG, in full and as wide as a phone, to be looked at. */
const FOLDER = '.test/pictures';

for (const [name, view] of Object.entries(MORNINGS)) {
  const [block] = digestMessage(view)?.blocks ?? [];
  console.log(`\n── digest: ${name}\n${(block?.text as { text: string } | undefined)?.text}`);
}

await mkdir(FOLDER, { recursive: true });
const drawer = makeDrawer({ entry: await buildDrawEntry() });
try {
  for (const [name, make] of Object.entries({ ...JUDGED, ...SCENES })) {
    const { assessment, series, windowMs } = make();
    const message = card(assessment, { nowMs: NOW, windowMs, watching: true });
    const texts = message.blocks.flatMap(
      (block) => [block.text, ...((block.elements as unknown[]) ?? [])] as ({ text?: unknown } | undefined)[],
    );
    console.log(`\n── ${name}\n${texts.flatMap((text) => (typeof text?.text === 'string' ? [text.text] : [])).join('\n')}`);
    await draw(name, chartOf(assessment, series, NOW));
  }
  for (const name of ['six-replicas', 'restart-cycle', 'fourteen-days', 'cache-fill']) {
    const { assessment, series, windowMs } = SCENES[name]?.() ?? fail(name);
    const trend = serviceTrend(series.flatMap((one) => trendOf(one, NOW) ?? []));
    if (trend)
      await draw(
        `trend-${name}`,
        chartOf(assessment, series, NOW, {
          said: trendTitle(assessment, trend, { nowMs: NOW, askedMs: windowMs, keptMs: windowMs }),
        }),
      );
  }
  for (const [name, make] of Object.entries(OVER)) {
    const over = make();
    const seen = chartedSeries(over.assessment, over.series, NOW, ending(over));
    await draw(name, chartOf(over.assessment, seen, NOW, { ending: ending(over) }));
  }
  for (const [name, make] of Object.entries(HEAPS)) {
    const evidence = make();
    const texts = heapMessage(evidence, NOW).blocks.flatMap((block) => [block.text, ...((block.elements as unknown[]) ?? [])]);
    console.log(`\n── heap: ${name}\n${texts.flatMap((one) => (one as { text?: string } | undefined)?.text ?? []).join('\n')}`);
    await draw(`heap-${name.replaceAll(/\W+/g, '-')}`, heapChart(evidence, NOW));
  }
} finally {
  await drawer.close();
}

async function draw(name: string, chart: Chart | null): Promise<void> {
  if (!chart) return;
  console.log(`(${chart.altText})`);
  const from = performance.now();
  const png = await drawer.draw(chart.config, AbortSignal.timeout(20_000));
  await writeFile(`${FOLDER}/${name}.png`, png);
  await writeFile(`${FOLDER}/${name}-phone.png`, await atPhoneWidth(png));
  console.log(`${FOLDER}/${name}.png in ${Math.round(performance.now() - from)} ms`);
}

function fail(name: string): never {
  throw new Error(`no scene ${name}`);
}

async function atPhoneWidth(png: Uint8Array): Promise<Uint8Array> {
  const canvas = createCanvas(390, 219);
  canvas.getContext('2d').drawImage(await loadImage(Buffer.from(png)), 0, 0, canvas.width, canvas.height);
  return canvas.encode('png');
}
