import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * As a program of 900 snapshots left it with `--threshold=0.05 --max-snapshots=1000`: half of them with a tree of 1,500 nodes,
 * of which `ms_print` finds a few above 1 % and prints those.
 */
const SNAPSHOTS = 912;
const TREES = 441;
const PLACES = 220;
/** Calls below each place. */
const DEPTH = 6;

/** Writes a file of 39 MB in Massif's form: the same every time; the trees grow. Gives its size and how many lines it has. */
export function writeBigFile(path: string): { bytes: number; lines: number } {
  const file = openSync(path, 'w');
  let [bytes, lines] = [0, 0];
  const put = (text: string) => {
    bytes += writeSync(file, text);
    lines += text.split('\n').length - 1;
  };
  put('desc: --detailed-freq=2 --max-snapshots=1000 --threshold=0.05\ncmd: ./server --port 80\ntime_unit: ms\n');
  for (let index = 0; index < SNAPSHOTS; index += 1) {
    const hasTree = Math.floor(((index + 1) * TREES) / SNAPSHOTS) > Math.floor((index * TREES) / SNAPSHOTS);
    const tree = hasTree ? treeAt(index) : null;
    const heap = tree?.bytes ?? index * 70_000;
    put(
      `#-----------\nsnapshot=${index}\n#-----------\ntime=${index * 1_100}\nmem_heap_B=${heap}\nmem_heap_extra_B=${Math.floor(heap / 20)}\n` +
        `mem_stacks_B=0\nheap_tree=${tree ? 'detailed' : 'empty'}\n${tree?.text ?? ''}`,
    );
  }
  closeSync(file);
  return { bytes, lines };
}

function treeAt(index: number): { bytes: number; text: string } {
  let [text, sum] = ['', 0];
  for (let place = 0; place < PLACES; place += 1) {
    const held = 1_000 + place * 37 + index * (place % 31 === 0 ? 900 : 3);
    sum += held;
    for (let depth = 0; depth < DEPTH; depth += 1) {
      const [address, line] = [
        (0x109000 + place * 4_096 + depth * 16).toString(16).toUpperCase(),
        10 + ((place * 31 + depth) % 900),
      ];
      const callers = depth === DEPTH - 1 ? 0 : depth === 0 ? 2 : 1;
      const rest = depth === 0 ? held : held - 100;
      text += `${' '.repeat(depth + 1)}n${callers}: ${rest} 0x${address}: orders_${place}_call_${depth} (orders.c:${line})\n`;
    }
    text += `  n0: 100 in 3 places, all below massif's threshold (0.05%)\n`;
  }
  return { bytes: sum, text: `n${PLACES}: ${sum} (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n${text}` };
}
