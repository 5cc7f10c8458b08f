import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Gauges that are called like counters: `promtool check metrics` objects. Each kind's own count stays (`nodejs_active_resources`). */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** A role's own metrics: its memory and CPU, its event loop, its version. What else it knows is added by it. */
export function makeRegistry(role: 'bot' | 'worker' | 'agent', version: string): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({
    name: 'leakwatch_build_info',
    help: 'Which role runs in which version; always 1.',
    labelNames: ['role', 'version'],
    registers: [registry],
  }).set({ role, version }, 1);
  return registry;
}
