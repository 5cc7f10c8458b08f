import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLines, type TextLine } from '../../src/offline/lines.js';

async function* chunksOf(...texts: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text as string);
}

async function read(chunks: AsyncIterable<Buffer>, maxBytes?: number): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for await (const line of readLines(chunks, maxBytes)) lines.push(line);
  return lines;
}

test('lines are counted from 1, the last needs no end, blank ones count', async () => {
  expect(await read(chunksOf('a\n\nb\r\nc'))).toEqual([
    { number: 1, text: 'a' },
    { number: 2, text: '' },
    { number: 3, text: 'b\r' },
    { number: 4, text: 'c' },
  ]);
  expect(await read(chunksOf('a\n'))).toHaveLength(1);
  expect(await read(chunksOf(''))).toEqual([]);
});

test('a byte order mark is left out, at the beginning only', async () => {
  expect(await read(chunksOf('\ufeffa\n\ufeffb'))).toEqual([
    { number: 1, text: 'a' },
    { number: 2, text: '\ufeffb' },
  ]);
});

test('wherever the bytes are cut, also inside a letter, the lines are the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 7 }), async (texts, size) => {
      const wanted = texts.map((text) => text.replaceAll('\n', ' ').replaceAll('\ufeff', ''));
      const bytes = Buffer.from(wanted.map((text) => `${text}\n`).join(''));
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
      expect((await read(chunksOf(...pieces))).map(({ text }) => text)).toEqual(wanted);
    }),
    { seed: 4 },
  );
});

test('a line that is too long is told, not held, and the next is read', async () => {
  const chunks = chunksOf('1234', '5678', '9\nab', 'cd\n1234567', '8901');
  expect(await read(chunks, 8)).toEqual([
    { number: 1, text: null },
    { number: 2, text: 'abcd' },
    { number: 3, text: null },
  ]);
  expect(await read(chunksOf('12345678\n'), 8)).toEqual([{ number: 1, text: '12345678' }]);
});
