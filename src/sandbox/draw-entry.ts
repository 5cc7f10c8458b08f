import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { Chart, type ChartConfiguration, type ChartItem, registerables } from 'chart.js';
import { PICTURE } from '../model/picture.js';
import { endWithParent } from './end-with-parent.js';
import { type DrawReply, type DrawRequest, readConfig } from './protocol.js';

/**
 * The drawing child: JSON in, PNG out, one picture at a time. It has no environment, no tokens and no network of its own to use;
 * whatever a configuration does to it, only a picture is lost.
 */
const FAMILY = 'DejaVu Sans';
const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

registerFonts();
Chart.register(...registerables);
Chart.defaults.font.family = FAMILY;
endWithParent();

process.on('message', (request: DrawRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});

/** Without a font, text is left out without a word: that must be an error, and it must be one at the start. */
function registerFonts(): void {
  const folder = join(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'), '../ttf');
  for (const file of FONTS) {
    if (!GlobalFonts.registerFromPath(join(folder, file), FAMILY)) throw new Error(`no font at ${join(folder, file)}`);
  }
  if (!GlobalFonts.has(FAMILY)) throw new Error(`the font ${FAMILY} was not registered`);
}

async function answer({ id, json }: DrawRequest): Promise<DrawReply> {
  try {
    return { id, png: await draw(json) };
  } catch (error) {
    return { id, refused: error instanceof Error ? error.message : String(error) };
  }
}

async function draw(json: string): Promise<Uint8Array> {
  const { type, data, options } = readConfig(json);
  const canvas = createCanvas(PICTURE.width, PICTURE.height);
  const fixed = { animation: false, responsive: false, devicePixelRatio: PICTURE.density } as const;
  const configuration = { type, data, options: { ...options, ...fixed } } as unknown as ChartConfiguration;
  const chart = new Chart(canvas as unknown as ChartItem, configuration);
  try {
    const context = canvas.getContext('2d');
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    // The asynchronous encoder gives finalizers a turn: a loop without one keeps every canvas (measured: 2.1 GB after 400).
    return await canvas.encode('png');
  } finally {
    chart.destroy();
  }
}
