import { execFileSync } from 'node:child_process';
import { goBinary } from '../parts/go.js';

/** A row as the oracle and we both can say it: flat, cum, name. */
export type TopRow = string;

/** What `go tool pprof -top` printed, with `-trim=false` and a unit that keeps values whole. */
export function parseTop(text: string): { total: string; rows: TopRow[] } {
  const lines = text.split('\n');
  const header = lines.findIndex((line) => /^ +flat +flat%/.test(line));
  const rows = lines
    .slice(header + 1)
    .filter((line) => line !== '')
    .map((line) => {
      const [, flat, cum, name] = /^ *(-?\d+)\S* +\S+ +\S+ +(-?\d+)\S* +\S+ {2}(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`no row: ${line}`);
      return `${flat} ${cum} ${name.replace(/ \((partial-)?inline\)$/, '')}`;
    });
  const [, total = ''] = /, .+ of (-?\d+)\S* total$/m.exec(text) ?? [];
  return { total, rows };
}

/** The same of profiles in files, by the Go that is installed. Throws with what it says where it refuses them. */
export function goTop(now: string, base: string | null, measure: string, unit: 'B' | 'count'): { total: string; rows: TopRow[] } {
  const options = ['-symbolize=none', '-top', '-trim=false', `-unit=${unit}`, `-sample_index=${measure}`];
  const args = ['tool', 'pprof', ...options, ...(base ? [`-diff_base=${base}`] : []), now];
  return parseTop(execFileSync(goBinary(), args, { encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 * 2 ** 20 }));
}
