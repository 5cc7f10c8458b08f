import { median } from 'simple-statistics';
import { deployed } from '../test/support/deployed.js';
import { families, makeSeries } from './generate/families.js';
import type { GeneratedSeries } from './generate/simulate.js';

/**
 * What the audit says of deploys between generated versions: of two that are healthy (of one family, by chance alone different), and
 * of a healthy one before a leaking one. `npm run bench -- deploys`; with another seed `node
 * --import tsx bench/deploys.ts [SEED [DEPLOYS OF EACH FAMILY]]`.
 */
const [seed = 1, each = 2] = process.argv.slice(2).map(Number);
const HOUR_MS = 3_600_000;
const hours = families.filter(({ kind }) => kind === 'hours');
const healthy = hours.filter(({ label }) => label === 'no-leak');
const calm = healthy.filter(({ name }) => /noise|heavy-tails|bounded-walk/.test(name));
const results = { healthy: new Map<string, number[]>(), leaking: new Map<string, number[]>() };
const false_: string[] = [];

for (const family of hours) {
  for (let i = 0; i < each; i += 1) {
    const after = makeSeries(family, seed, 2 * i, { hard: false });
    const other = family.label === 'no-leak' ? family : (calm[i % calm.length] ?? family);
    const before = makeSeries(other, seed, 2 * i + 1, { hard: false });
    if (after.limitBytes === null) continue;
    const { told, ageMs } = deployed({ before: lastLife(before), after: lastLife(after), limitBytes: after.limitBytes });
    const of = results[family.label === 'no-leak' ? 'healthy' : 'leaking'];
    const result = told?.result ?? 'not told';
    of.set(result, [...(of.get(result) ?? []), ageMs / HOUR_MS]);
    if (family.label === 'no-leak' && result === 'worse') false_.push(`${after.id} after ${(ageMs / HOUR_MS).toFixed(1)} h`);
  }
}
for (const [label, of] of Object.entries(results)) {
  const all = [...of.values()].flat().length;
  for (const [result, ages] of of) console.log(`${label} → ${result}: ${ages.length} of ${all}${told(median(ages))}`);
}
console.log(false_.length > 0 ? `healthy and called worse: ${false_.join(', ')}` : 'no healthy deploy was called worse');

/** Of a series with restarts, what is after the last one. */
function lastLife({ samples, restarts = [], runs = [] }: GeneratedSeries) {
  const start = Math.max(0, ...restarts, ...runs.map(({ startedAt }) => startedAt));
  return samples.filter(({ t }) => t >= start);
}

function told(hours: number): string {
  return Number.isFinite(hours) ? `, after ${hours.toFixed(1)} h (median)` : '';
}
