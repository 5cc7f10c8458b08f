const HEADER_BYTES = 8;
const STDERR = 2;

/** A piece of what a command says, on its first or second output. */
export type Piece = { readonly isError: boolean; readonly bytes: Buffer };

/**
 * The two outputs of a command in one stream, as the engine sends them: eight bytes before each piece (which output, three zeros, its length in
 * four bytes, highest first), and the pieces cut anywhere. Holds no more than a header: what has come of a piece is given on.
 */
export async function* piecesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let header: Buffer = Buffer.alloc(0);
  let [left, isError] = [0, false];
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (left === 0) {
        const taken = chunk.subarray(at, at + HEADER_BYTES - header.length);
        header = Buffer.concat([header, taken]);
        at += taken.length;
        if (header.length < HEADER_BYTES) break;
        [left, isError, header] = [header.readUInt32BE(4), header[0] === STDERR, Buffer.alloc(0)];
        continue;
      }
      const bytes = chunk.subarray(at, at + left);
      [at, left] = [at + bytes.length, left - bytes.length];
      yield { isError, bytes };
    }
  }
}
