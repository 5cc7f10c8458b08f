import { coroot } from './coroot.js';
import { mannKendall } from './mann-kendall.js';
import { predictLinear } from './predict-linear.js';
import { rSquaredLine } from './r-squared.js';
import type { Rule } from './rule.js';

/** The name that ours goes by in the tables. */
export const OURS = 'Leakwatch';
/** The peer of all costs: the statistics that the literature uses, in the same run. */
export const PEER = 'Mann-Kendall, Sen';

/** What is published, each in a file of its own. */
export const RULES: Readonly<Record<string, Rule>> = {
  'Coroot, RSS': coroot('anon'),
  'Coroot, working set': coroot('workingSet'),
  predict_linear: predictLinear,
  'R² > 0.8': rSquaredLine,
  [PEER]: mannKendall('anon'),
};
