import type { Assessment } from '../../src/model/assessment.js';

/** Throws with the name of a number that is NaN or infinite, also in words; what was measured is as it came. */
export function expectFinite({ latest: _, ...assessment }: Assessment): void {
  JSON.stringify(assessment, (name, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${name} is ${value}`);
    if (typeof value === 'string' && /NaN|Infinity|undefined/.test(value)) throw new Error(`${name}: ${value}`);
    return value;
  });
}
