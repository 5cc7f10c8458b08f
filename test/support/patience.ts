/**
 * Deadlines of tests are for what never comes, and are written for a machine that does nothing else. `npm test` gives everything
 * `LEAKWATCH_TEST_PATIENCE` times as long, so that a busy machine is slow, not red; one file by hand fails as soon as it may.
 */
const PATIENCE = Number(process.env.LEAKWATCH_TEST_PATIENCE ?? 1);

export function patient(ms: number): number {
  return ms * PATIENCE;
}
