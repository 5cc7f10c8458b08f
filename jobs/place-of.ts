import type { Place } from '../src/model/incident.js';
import type { Replica } from '../src/model/replica.js';
import { type RulesPort, rulesOfReplicas } from '../src/model/rules.js';
import { ownerMention } from '../src/render/owner.js';

/**
 * Where the leaks of a service are said, and who owns it; null: nowhere, because it is ignored, or no channel is known. Asked anew
 * at every look, so that an edit of the rules is heard; an incident that is open stays where it is.
 */
export function makePlaceOf(rules: Pick<RulesPort, 'now'>, fallback: string | undefined) {
  return (replicas: readonly Replica[]): { place: Place; owner?: string } | null => {
    const { channel = fallback, owner, ignore } = rulesOfReplicas(rules.now(), replicas);
    if (ignore || !channel) return null;
    return { place: { channel }, ...(owner ? { owner: ownerMention(owner) } : {}) };
  };
}
