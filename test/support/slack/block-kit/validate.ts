import { BLOCKS, SURFACES } from './blocks.js';
import { LIMITS } from './limits.js';
import {
  at,
  bool,
  byType,
  complain,
  type Fields,
  isObject,
  list,
  object,
  oneOf,
  type Place,
  type Rule,
  str,
  typed,
} from './rules.js';
import { id, plain } from './texts.js';

export type Surface = keyof typeof SURFACES;

/**
 * Gives what Slack would say is wrong with blocks, or with a whole view (`modal`, `home`); nothing: all is well. One of the
 * sayings is the word `msg_blocks_too_long`, which Slack has instead of an explanation.
 */
export type BlockCheck = (value: unknown, surface: Surface, pointer: string) => string[];

export function makeBlockCheck(isPicture: Place['isPicture']): BlockCheck {
  return (value, surface, pointer) => {
    const problems: string[] = [];
    const place: Place = { pointer, report: (problem) => void problems.push(problem), isPicture };
    if (surface === 'message' || Array.isArray(value)) blocksFor(surface)(value, place);
    else VIEWS[surface](value, place);
    const [blocks, where] = Array.isArray(value)
      ? [value, place]
      : [(value as { blocks?: unknown })?.blocks, at(place, 'blocks')];
    if (Array.isArray(blocks)) together(blocks, surface, where);
    return problems;
  };
}

function blocksFor(surface: Surface): Rule {
  const allowed: Fields = Object.fromEntries(SURFACES[surface].map((type) => [type, BLOCKS[type] as Rule]));
  return list(byType(allowed), LIMITS.blocks[surface], 0);
}

const aboutView: Fields = { private_metadata: str(LIMITS.view.metadata, 0), callback_id: id, external_id: str(LIMITS.id, 0) };
const VIEWS: Record<Exclude<Surface, 'message'>, Rule> = {
  modal: (value, place) => {
    const rule = typed(
      { title: plain(LIMITS.view.title), blocks: blocksFor('modal') },
      {
        ...aboutView,
        submit: plain(LIMITS.view.title),
        close: plain(LIMITS.view.title),
        clear_on_close: bool,
        notify_on_close: bool,
        submit_disabled: bool,
      },
    );
    byType({ modal: rule })(value, place);
    const blocks = isObject(value) && Array.isArray(value.blocks) ? value.blocks : [];
    const asks = blocks.some((block) => isObject(block) && block.type === 'input');
    if (asks && isObject(value) && value.submit === undefined) complain(place, 'missing required field: submit');
  },
  home: byType({ home: object({ type: oneOf('home'), blocks: blocksFor('home') }, aboutView) }),
};

/** What no single block can tell: doubles, and what there may be only so many of. */
function together(blocks: readonly unknown[], surface: Surface, place: Place): void {
  once(blocks, place);
  let [tables, charts, markdown] = [0, 0, 0];
  blocks.forEach((block, index) => {
    if (!isObject(block)) return;
    if (block.type === 'table' && ++tables > LIMITS.table.count) complain(at(place, index), 'only one table allowed per message');
    if (block.type === 'data_visualization' && ++charts > LIMITS.chart.count)
      complain(at(place, index), `no more than ${LIMITS.chart.count} data_visualization blocks allowed`);
    if (block.type === 'markdown') markdown += String(block.text).length;
  });
  if (markdown > LIMITS.markdown) complain(place, `must be less than ${LIMITS.markdown + 1} characters`);
  if (surface === 'message' && JSON.stringify(blocks).length > LIMITS.blocksJson) place.report('msg_blocks_too_long');
}

/** `block_id` and `action_id` are unique in a message or view. */
function once(value: unknown, place: Place, seen: Set<string> = new Set()): void {
  if (Array.isArray(value)) for (const [index, one] of value.entries()) once(one, at(place, index), seen);
  if (!isObject(value)) return;
  for (const key of ['block_id', 'action_id']) {
    const known = `${key}:${String(value[key])}`;
    if (value[key] !== undefined && seen.has(known))
      complain(at(place, key), `\`${key}\` "${String(value[key])}" already exists`);
    if (value[key] !== undefined) seen.add(known);
  }
  for (const [key, inner] of Object.entries(value)) once(inner, at(place, key), seen);
}
