import type { Place } from '../src/model/news.js';
import type { Replica } from '../src/model/replica.js';
import { type RulesPort, rulesOfReplicas } from '../src/model/rules.js';
import { ownerMention } from '../src/render/owner.js';

/** Where the leaks of a service are said (absent: no channel is known, so nowhere by itself), and who owns it (a mention). */
export type Where = { readonly place?: Place; readonly owner?: string };
/** Null: it is ignored. */
export type PlaceOf = (replicas: readonly Replica[]) => Where | null;

/** Asked anew at every look, so that an edit of the rules is heard; an incident that is open stays where it is. */
export function makePlaceOf(rules: Pick<RulesPort, 'now'>, fallback: string | undefined): PlaceOf {
  return (replicas) => {
    const { channel = fallback, owner, ignore } = rulesOfReplicas(rules.now(), replicas);
    if (ignore) return null;
    return { ...(channel ? { place: { channel } } : {}), ...(owner ? { owner: ownerMention(owner) } : {}) };
  };
}
