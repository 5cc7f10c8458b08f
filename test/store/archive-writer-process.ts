import { makeFileArchive } from '../../src/store/file-archive.js';

/**
 * Puts entries into an archive until it is killed: `writer.ts ROOT NAME PIECES`. Each is `PIECES` pieces of one letter, so that
 * two halves of different ones can be told apart. Says over IPC when an entry is half written, and when one is there.
 */
const [root = '', name = '', pieces = '40'] = process.argv.slice(2);
const archive = makeFileArchive(root);

async function* content(letter: string): AsyncGenerator<Buffer> {
  for (let i = 0; i < Number(pieces); i += 1) {
    if (i === Number(pieces) / 2) process.send?.('half');
    yield Buffer.alloc(10_000, letter);
  }
}

process.once('disconnect', () => process.exit(1));
for (let i = 0; ; i += 1) {
  const letter = String.fromCharCode(97 + (i % 26));
  await archive.put({ kind: 'series', name, form: 'json', meta: { letter } }, content(letter));
  process.send?.('there');
}
