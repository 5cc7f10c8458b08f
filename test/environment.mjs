import { TestEnvironment } from 'jest-environment-node';

const PATIENCE = Number(process.env.LEAKWATCH_TEST_PATIENCE ?? 1);

/** Node, with the patience of `test/support/patience.ts` for what a test or a hook says that it takes at most. */
export default class PatientEnvironment extends TestEnvironment {
  #seen = new WeakSet();

  handleTestEvent({ name, test, hook }) {
    const what = name === 'test_fn_start' ? test : name === 'hook_start' ? hook : undefined;
    if (!what?.timeout || this.#seen.has(what)) return;
    this.#seen.add(what);
    what.timeout *= PATIENCE;
  }
}
