import type { ServiceAssessment } from './assessment.js';

/** What the watch last found of each service: how many are how. A service that was not looked at for an hour leaves. */
export type Verdicts = {
  keep(serviceId: string, verdict: ServiceAssessment['verdict'], nowMs: number): Promise<void>;
  counts(nowMs: number): Promise<Readonly<Record<ServiceAssessment['verdict'], number>>>;
};
