import { growthLines, rateWords } from './card-leaking.js';
import { downLine, restartLine } from './card-lines.js';
import type { Shape } from './card-view.js';
import { escapeText } from './text.js';

/** Grows, but not as a leak does: the numbers are the same, the word is weaker, and nothing is excluded. */
export const suspicious: Shape = (assessment, view) => ({
  headline: `🟡 ${escapeText(assessment.service.name, 60)} suspicious${rateWords(assessment)}`,
  lines: [...growthLines(assessment, view.nowMs), restartLine(assessment, view), downLine(assessment)],
});
