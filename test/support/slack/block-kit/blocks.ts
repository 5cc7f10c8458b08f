import { dataVisualization } from './charts.js';
import { button, inActions, inContextActions, inInput, inSection } from './elements.js';
import { LIMITS } from './limits.js';
import {
  at,
  bool,
  both,
  byType,
  complain,
  type Fields,
  int,
  isObject,
  list,
  needsOneOf,
  num,
  object,
  oneOf,
  type Rule,
  str,
  typed,
} from './rules.js';
import {
  anyText,
  id,
  imageElement,
  mrkdwn,
  needsPicture,
  pictureFields,
  plain,
  richText,
  richTextElements,
  url,
} from './texts.js';

const own: Fields = { block_id: id };
const { alt_text, ...sources } = pictureFields;

const cell = byType({
  raw_text: typed({ text: str(LIMITS.text, 0) }),
  raw_number: typed({ value: num, text: str(LIMITS.text) }),
  rich_text: richText,
});
const rows = list(list(cell, LIMITS.table.cells), LIMITS.table.rows);

/** The text of all cells together is bounded; rows of a `data_table` are equally long and more than a header. */
const cellsFit: Rule = (value, place) => {
  if (!isObject(value) || !Array.isArray(value.rows)) return;
  const characters =
    JSON.stringify(value.rows)
      .match(/"text":"((?:[^"\\]|\\.)*)"/g)
      ?.reduce((sum, one) => sum + one.length - 9, 0) ?? 0;
  if (characters > LIMITS.table.characters)
    complain(at(place, 'rows'), `must be less than ${LIMITS.table.characters + 1} characters`);
  if (value.type !== 'data_table') return;
  if (value.rows.length < 2) complain(at(place, 'rows'), 'must provide at least 2 items');
  const widths = new Set(value.rows.map((row) => (Array.isArray(row) ? row.length : -1)));
  if (widths.size > 1) complain(at(place, 'rows'), 'all rows must have the same number of cells');
};

const taskStatus = oneOf('pending', 'in_progress', 'complete', 'error');
const taskCard = typed(
  { task_id: id, title: str(LIMITS.text), status: taskStatus },
  { ...own, details: richText, output: richText, sources: list(typed({ url, text: str(LIMITS.text) }), 100, 0) },
);
const card = both(
  typed(
    {},
    {
      ...own,
      hero_image: imageElement,
      icon: imageElement,
      title: mrkdwn(LIMITS.card.title),
      subtitle: mrkdwn(LIMITS.card.subtitle),
      body: mrkdwn(LIMITS.card.body),
      actions: list(button, LIMITS.card.actions),
    },
  ),
  needsOneOf('hero_image', 'title', 'actions', 'body'),
);

const simple: Fields = {
  section: both(
    typed(
      {},
      {
        ...own,
        text: anyText(LIMITS.text),
        fields: list(anyText(LIMITS.field), LIMITS.fields),
        accessory: inSection,
        expand: bool,
      },
    ),
    needsOneOf('text', 'fields'),
  ),
  header: typed({ text: plain(LIMITS.header) }, own),
  divider: typed({}, own),
  image: both(typed({ alt_text }, { ...own, ...sources, title: plain(LIMITS.imageTitle) }), needsPicture),
  context: typed({ elements: list(contextElement(), LIMITS.contextElements) }, own),
  actions: typed({ elements: list(inActions, LIMITS.actionsElements) }, own),
  input: typed(
    { label: plain(LIMITS.inputLabel), element: inInput },
    { ...own, hint: plain(LIMITS.inputLabel), optional: bool, dispatch_action: bool },
  ),
  rich_text: typed({ elements: richTextElements }, own),
  table: both(
    typed(
      { rows },
      {
        ...own,
        column_settings: list(object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: bool }), LIMITS.table.cells, 0),
      },
    ),
    cellsFit,
  ),
  video: typed(
    { video_url: url, thumbnail_url: url, alt_text, title: plain(200) },
    { ...own, title_url: url, author_name: str(50), provider_name: id, provider_icon_url: url, description: plain(200) },
  ),
};

function contextElement(): Rule {
  return byType({ image: imageElement, plain_text: plain(LIMITS.text), mrkdwn: mrkdwn(LIMITS.text) });
}

const container = both(
  typed(
    { child_blocks: list(byType(simple), LIMITS.container.blocks) },
    {
      ...{ ...own, title: plain(LIMITS.container.title), rich_text_title: richText, subtitle: anyText(LIMITS.container.title) },
      ...{ width: oneOf('narrow', 'standard', 'wide', 'full'), icon: imageElement },
      ...{ is_collapsible: bool, default_collapsed: bool, has_header_divider: bool },
    },
  ),
  needsOneOf('title', 'rich_text_title'),
);

/** Every block by its type (docs.slack.dev/reference/block-kit/blocks). `file` only ever comes back, it is never sent. */
export const BLOCKS: Fields = {
  ...simple,
  container,
  card,
  carousel: typed({ elements: list(byType({ card }), LIMITS.carousel) }, own),
  markdown: typed({ text: str(LIMITS.markdown) }, own),
  data_visualization: dataVisualization,
  data_table: both(
    typed(
      { rows, caption: str(LIMITS.text) },
      { ...own, page_size: int(1, 100), row_header_column_index: int(0, LIMITS.table.cells - 1) },
    ),
    cellsFit,
  ),
  context_actions: typed({ elements: list(inContextActions, LIMITS.contextActions) }, own),
  alert: typed({ text: anyText(LIMITS.alert) }, { ...own, level: oneOf('default', 'info', 'warning', 'error', 'success') }),
  task_card: taskCard,
  plan: typed({ title: str(LIMITS.text) }, { ...own, tasks: list(byType({ task_card: taskCard }), 50, 0) }),
};

const EVERYWHERE = [
  'actions',
  'container',
  'context',
  'data_table',
  'divider',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'video',
];

/** Which blocks a surface takes (TightknitAI/slack-block-kit-validator reads it from docs.slack.dev and tried it live). */
export const SURFACES = {
  message: [...EVERYWHERE, 'card', 'carousel', 'context_actions', 'markdown', 'plan', 'task_card', 'table', 'data_visualization'],
  modal: [...EVERYWHERE, 'alert'],
  home: [...EVERYWHERE, 'card', 'carousel'],
} as const;
