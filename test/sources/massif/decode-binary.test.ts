import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BINARY_BYTES } from '../../../src/model/massif.js';
import { decodeBinary } from '../../../src/sources/massif/decode-binary.js';
import { buildGo } from '../../support/parts/go.js';
import { buildC } from '../../support/parts/program-image.js';

const C = 'int main(void) { return 0; }';
const head = (bytes: Buffer) => bytes.subarray(0, BINARY_BYTES);

test('a program of C says who loads it; a static one, one of Go and a script say what they are', async () => {
  expect(decodeBinary(head(await buildC(C, 'app')))).toEqual({
    kind: 'elf',
    loader: expect.stringMatching(/ld-linux/),
    isGo: false,
  });
  expect(decodeBinary(head(await buildC(C, 'app', ['-static'])))).toEqual({ kind: 'elf', loader: null, isGo: false });
  const go = await buildGo({ 'main.go': 'package main\n\nfunc main() {}\n' });
  expect(decodeBinary(head(go))).toEqual({ kind: 'elf', loader: null, isGo: true });
  expect(decodeBinary(Buffer.from('#! /bin/sh -e\n'))).toEqual({ kind: 'script', interpreter: '/bin/sh' });
}, 60_000);

test('musl is known by its loader', async () => {
  const app = await buildC(C, 'app', ['-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1']);
  expect(decodeBinary(head(app))).toMatchObject({ loader: '/lib/ld-musl-x86_64.so.1' });
});

test('anything else, cut off anywhere or with bytes changed, is an answer and never more', () => {
  expect(decodeBinary(Buffer.alloc(0))).toEqual({ kind: 'other' });
  const real = readFileSync(process.execPath).subarray(0, 4_096);
  fc.assert(
    fc.property(fc.nat(real.length), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }), (length, changes) => {
      const bytes = Buffer.from(real.subarray(0, length));
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      expect(['elf', 'script', 'other']).toContain(decodeBinary(bytes).kind);
    }),
  );
});
