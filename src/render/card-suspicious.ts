import { outOfMemoryLine, rateWords } from './card-leaking.js';
import { downLine, movedLine, restartLine, scopeLine } from './card-lines.js';
import { notLine } from './card-not.js';
import { missingLine, spreadLine } from './card-others.js';
import { cycleLine, helpLine, partLine, sinceLine } from './card-reason.js';
import { type Shape, subjectOf } from './card-view.js';
import { escapeText } from './text.js';

/** Grows, but not (yet) as only a leak does: the numbers are the same, the word is weaker; why, and what would tell, come early. */
export const suspicious: Shape = (assessment, view) => {
  const subject = subjectOf(assessment);
  return {
    headline: `🟡 ${escapeText(assessment.service.name, 60)} suspicious${rateWords(assessment)}`,
    lines: [
      partLine(assessment),
      cycleLine(assessment),
      escapeText(assessment.explanation, 200),
      helpLine(assessment, view),
      outOfMemoryLine(assessment, view.nowMs),
      scopeLine(assessment),
      missingLine(assessment),
      downLine(assessment),
      spreadLine(assessment),
      sinceLine(assessment, view),
      subject ? notLine(subject) : undefined,
      subject ? movedLine(subject, assessment, view.nowMs) : undefined,
      subject?.cycle || assessment.onsetNear ? undefined : restartLine(assessment, view),
    ],
  };
};
