import type { ServiceAssessment } from '../model/assessment.js';
import type { SlackMessage } from '../model/message.js';
import { context, section } from './blocks.js';
import { killsLine } from './card-kills.js';
import { leaking } from './card-leaking.js';
import { dataLine, silentLine } from './card-lines.js';
import { noData, notRunning } from './card-no-data.js';
import { stable } from './card-stable.js';
import { suspicious } from './card-suspicious.js';
import { unknown } from './card-unknown.js';
import { type CardView, judgedOf, type Shape } from './card-view.js';
import { collectButton, inHandLine } from './in-hand.js';
import { fitLines, MAX_CONTEXT_TEXT, MAX_LINES } from './limits.js';
import { shareButton } from './share-button.js';

const SHAPES = { leaking, suspicious, stable, unknown, 'no-data': noData, 'not-running': notRunning } satisfies Record<
  string,
  Shape
>;

/**
 * The answer to `check`. `text` is the first line: the notification, and what a screen reader says. At most 12 lines; the last
 * says what the answer rests on. Whatever the assessment holds, the blocks keep Slack's limits.
 */
export function card(assessment: ServiceAssessment, view: CardView): SlackMessage {
  // What is still watched for one person is nobody's to keep up to date elsewhere.
  const buttons = [...shareButton(view.watching ? undefined : view.shareKey), ...collectButton(view.collectId)];
  const { headline, lines } = SHAPES[shapeOf(assessment)](assessment, view);
  // Whatever the verdict is, and however full the card.
  const always = [
    killsLine(assessment, view.nowMs),
    view.inHand ? inHandLine(view.inHand, view.nowMs) : undefined,
    silentLine(assessment.silentHosts, view.nowMs),
  ];
  const last = always.flatMap((line) => (line ? [line] : []));
  const said = lines.flatMap((line) => (line ? [line] : []));
  const body = [...said.slice(0, MAX_LINES - 2 - last.length), ...last];
  return {
    text: headline,
    blocks: [
      section(fitLines([`*${headline}*`, ...body])),
      context(fitLines([dataLine(assessment, view)], MAX_CONTEXT_TEXT)),
      ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : []),
    ],
  };
}

function shapeOf(assessment: ServiceAssessment): keyof typeof SHAPES {
  const { verdict, replicas } = assessment;
  if (verdict !== 'unknown') return verdict;
  if (replicas.length > 0 && !replicas.some(({ replica }) => replica.running)) return 'not-running';
  const open = judgedOf(assessment).filter((one) => one.verdict === 'unknown');
  return open.every(({ reason }) => reason === 'no-data') ? 'no-data' : 'unknown';
}
