import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import type { InHand } from './in-hand.js';

/** What a card is told beside the assessment. Times in Unix ms. */
export type CardView = {
  readonly nowMs: number;
  /** How far back was asked for; what was really judged is in the assessment. */
  readonly windowMs: number;
  /** It will be looked at again, and this message edited. */
  readonly watching: boolean;
  /** An alert asked: nobody is mentioned when there is an answer. */
  readonly alerted?: true;
  /** Names a private answer that can be shared; absent: seen by the channel already. */
  readonly shareKey?: string;
  /** The service's open incident, if it has one. */
  readonly inHand?: InHand;
  /** The service whose evidence can be collected in the thread of this answer; absent: not in a thread, or nothing to collect. */
  readonly collectId?: string;
};

/** A card before it is blocks: the headline is plain words (it is the notification too), the lines are markup. */
export type CardText = { readonly headline: string; readonly lines: readonly (string | undefined)[] };

/** One file a shape. */
export type Shape = (assessment: ServiceAssessment, view: CardView) => CardText;

/** The replicas that count: those that run, or all when none does. */
export function judgedOf({ replicas }: ServiceAssessment): readonly Assessment[] {
  const running = replicas.filter(({ replica }) => replica.running);
  return running.length > 0 ? running : replicas;
}

export function growingOf(assessment: ServiceAssessment): readonly Assessment[] {
  return judgedOf(assessment).filter(({ verdict }) => verdict === 'leaking' || verdict === 'suspicious');
}

/** The replica that the numbers of a growing service are told of: out of memory first, else the fastest. */
export function subjectOf(assessment: ServiceAssessment): Assessment | undefined {
  return assessment.soonest ?? assessment.fastest ?? growingOf(assessment)[0];
}

/** At most `max` names, then "+2 more". */
export function listed(names: readonly string[], max = 3): string {
  const rest = names.length - max;
  return rest > 0 ? `${names.slice(0, max).join(', ')} +${rest} more` : names.join(', ');
}
