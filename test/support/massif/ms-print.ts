/** What `ms_print` prints of a file: a row per snapshot (n, time, total, heap, extra, stacks), trees, and who has one. */
export type Printed = {
  readonly rows: readonly (readonly number[])[];
  /** Of the snapshot of that number: its lines, without the picture of the tree. */
  readonly trees: ReadonlyMap<number, readonly string[]>;
  /** `[17, 20, 64 (peak)]`, as it stands there. */
  readonly detailed: string;
};

const ROW = /^ *(\d+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)$/;
/** Everything before the percentage is the picture; places below ms_print's own threshold are said apart. */
const NODE = /^[ |]*(?:->)?(\d+\.\d\d% \([\d,]+B\).*)$/;

export function parseMsPrint(text: string): Printed {
  const rows: number[][] = [];
  const trees = new Map<number, string[]>();
  for (const line of text.split('\n')) {
    const row = ROW.exec(line);
    const [, node] = NODE.exec(line) ?? [];
    if (row) rows.push(row.slice(1).map((cell) => Number(cell.replaceAll(',', ''))));
    else if (node !== undefined) {
      const index = rows.at(-1)?.[0] ?? -1;
      trees.set(index, [...(trees.get(index) ?? []), node]);
    }
  }
  return { rows, trees, detailed: /^ Detailed snapshots: \[(.*)\]$/m.exec(text)?.[1] ?? '' };
}

type Node = { readonly bytes: number; readonly label: string; readonly callers: Node[] };

/** A tree as `ms_print` prints it: nodes of 1 % of `total` and more, the others as one line behind them; cut at the first `#`. */
export function printTree(nodes: readonly { depth: number; bytes: number; label: string }[], total: number): string[] {
  const root: Node = { bytes: 0, label: '', callers: [] };
  const path = [root];
  for (const { depth, bytes, label } of nodes) {
    const node = { bytes, label, callers: [] };
    path.length = depth + 1;
    path[depth]?.callers.push(node);
    path.push(node);
  }
  const [top] = root.callers;
  return top ? print(top, total) : [];
}

function print({ bytes, label, callers }: Node, total: number): string[] {
  const small = callers.filter((caller) => total === 0 || (caller.bytes * 100) / total < 1);
  const lines = [`${figures(bytes, total)} ${label.replace(/#.*/, '')}`.trimEnd()];
  for (const caller of callers) if (!small.includes(caller)) lines.push(...print(caller, total));
  const sum = small.reduce((all, caller) => all + caller.bytes, 0);
  const places = `in ${small.length}+ places, all below ms_print's threshold (01.00%)`;
  return small.length > 0 ? [...lines, `${figures(sum, total)} ${places}`] : lines;
}

function figures(bytes: number, total: number): string {
  const percent = total === 0 ? 0 : (100 * bytes) / total;
  return `${percent.toFixed(2).padStart(5, '0')}% (${bytes.toLocaleString('en-US')}B)`;
}
