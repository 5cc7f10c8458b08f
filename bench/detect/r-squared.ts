import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';
import { firing, presentLife, QUIET, type Rule, UNKNOWN } from './rule.js';

const MIN_R_SQUARED = 0.8;
const MIN_POINTS = 3;

/**
 * The heart of Precog (Jindal et al., "Online Memory Leak Detection in the Cloud-based Infrastructures", arXiv 2101.09799): memory
 * that a rising straight line explains, R² > 0.8, is a leak. Precog learns on a healthy time before what is usual; there is none
 * here, so this is its test alone, over the whole present life.
 *
 *       /·              ·--·--·
 *     ·/               ·
 *    /·               ·
 *   R² 0.95          R² 0.6 (0.93 where two thirds of the time are ramp)
 */
export const rSquaredLine: Rule = (line) => {
  const points = presentLife(line, 'workingSet');
  if (points.length < MIN_POINTS) return UNKNOWN;
  const fit = linearRegression(points);
  const explained = rSquared(points, linearRegressionLine(fit));
  return fit.m > 0 && explained > MIN_R_SQUARED ? firing(line, fit.m, fit.b) : QUIET;
};
