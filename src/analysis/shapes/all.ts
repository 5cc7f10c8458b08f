import { bent } from './bent.js';
import { brokenLine } from './broken-line.js';
import { constant } from './constant.js';
import { hinge } from './hinge.js';
import { line } from './line.js';
import { load, perRequest } from './load.js';
import { plateau } from './plateau.js';
import { saturating } from './saturating.js';
import type { Shape } from './shape.js';
import { stairs } from './stairs.js';
import { step } from './step.js';
import { warmUpLine } from './warm-up-line.js';
import { wave, waveLine } from './wave.js';

/** All that memory is known to do. A new one: a file beside this, and a line here. */
export const SHAPES: readonly Shape[] = [
  ...[constant, step, plateau, saturating, wave, load],
  ...[line, hinge, brokenLine, warmUpLine, bent, stairs, waveLine, perRequest],
];
