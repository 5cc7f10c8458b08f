import type { Inside, RuntimeProfiler } from '../model/inside.js';
import { takeHistogram } from './jvm/client.js';
import { takeSampling } from './node/client.js';

/** The port `RuntimeProfiler`: heaps of runtimes that serve none by themselves. */
export function makeRuntimeProfiler(inside: Inside, nowMs: () => number = Date.now): RuntimeProfiler {
  return {
    async take(containerId, runtime, signal) {
      if (runtime === 'node') return takeSampling(inside, containerId, nowMs, signal);
      return { bytes: await takeHistogram(inside, containerId, signal) };
    },
  };
}
