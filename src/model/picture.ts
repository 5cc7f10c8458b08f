import { readAtMost } from './read-at-most.js';

/** The one size there is: 1600 × 900 pixels, as 800 × 450 at twice the density, so that letters and lines keep their weight. */
export const PICTURE = { width: 800, height: 450, density: 2 } as const;

/** The most that is taken from a drawer: a chart of ours has about 100 KB. */
const MAX_PNG_BYTES = 2 * 2 ** 20;
/** The first bytes of every PNG, and where its header ends that keeps width and height (w3.org/TR/png-3, 5.2 and 11.2.1). */
const MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_BYTES = 24;

/** Throws unless the bytes are a PNG of at most our size: looked at before anything decodes it. */
export function assertPicture(png: Uint8Array): void {
  if (png.length < HEADER_BYTES || MAGIC.some((byte, i) => png[i] !== byte)) throw new Error('the picture is not a PNG');
  if (png.length > MAX_PNG_BYTES) throw new Error(`the picture has ${png.length} bytes, more than ${MAX_PNG_BYTES}`);
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const most = { width: PICTURE.width * PICTURE.density, height: PICTURE.height * PICTURE.density };
  if (width < 1 || height < 1 || width > most.width || height > most.height) {
    throw new Error(`the picture is ${width} × ${height}, more than ${most.width} × ${most.height}`);
  }
}

/** Reads a body up to the most that a picture may have. Throws when there is more, without reading it. */
export async function readPicture(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const png = await readAtMost(body, MAX_PNG_BYTES, 'the picture');
  assertPicture(png);
  return png;
}
