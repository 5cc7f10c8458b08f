import type { Binary, ContainerAbout, Inside } from '../src/model/inside.js';
import { BINARY_BYTES } from '../src/model/massif.js';

export type DecodeBinary = (head: Buffer) => Binary;

/** The head of the program's file: a bare name is looked for where the container would. */
export async function binaryOf(
  containerId: string,
  { program, folder, path }: ContainerAbout,
  inside: Inside,
  decodeBinary: DecodeBinary,
  signal: AbortSignal,
): Promise<Binary | null> {
  const isPath = program.includes('/');
  const whole = program.startsWith('/') ? program : `${folder.replace(/\/$/, '')}/${program.replace(/^\.\//, '')}`;
  for (const candidate of isPath ? [whole] : path.map((one) => `${one.replace(/\/$/, '')}/${program}`)) {
    const bytes = await inside.read(containerId, candidate, signal);
    if (bytes) return decodeBinary(await headOf(bytes));
  }
  return null;
}

async function headOf(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= BINARY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, BINARY_BYTES);
}
