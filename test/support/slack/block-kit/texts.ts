import { LIMITS } from './limits.js';
import {
  bool,
  both,
  byType,
  complain,
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

export const plain = (max: number): Rule => byType({ plain_text: typed({ text: str(max) }, { emoji: bool }) });
export const mrkdwn = (max: number): Rule => byType({ mrkdwn: typed({ text: str(max) }, { verbatim: bool }) });
export const anyText = (max: number): Rule =>
  byType({
    plain_text: typed({ text: str(max) }, { emoji: bool }),
    mrkdwn: typed({ text: str(max) }, { verbatim: bool }),
  });

export const id = str(LIMITS.id);
export const url = str(LIMITS.url, 1);

/** A picture: by URL, or a file of Slack's that is ready (`invalid slack file` until then). Never both. */
const slackFile: Rule = both(object({}, { id: str(LIMITS.id, 1, /^[F][A-Z0-9]{8,}$/), url }), (value, place) => {
  if (!isObject(value)) return;
  if (!place.isPicture(value)) complain(place, 'invalid slack file');
});

/** Slack fetches the picture itself, from outside, when the message is posted; it knows png, jpg and gif. */
const NOT_OUTSIDE = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[|.*\.(local|internal|test)$|[^.]*$)/;
const imageUrl: Rule = both(url, (value, place) => {
  const at = URL.canParse(String(value)) ? new URL(String(value)) : undefined;
  const reachable = at && /^https?:$/.test(at.protocol) && !NOT_OUTSIDE.test(at.hostname) && !/\.(svg|webp)$/.test(at.pathname);
  if (!reachable) complain(place, 'downloading image failed');
});
export const pictureFields = { image_url: imageUrl, slack_file: slackFile, alt_text: str(LIMITS.altText) };
export const needsPicture: Rule = both(needsOneOf('image_url', 'slack_file'), (value, place) => {
  if (isObject(value) && value.image_url !== undefined && value.slack_file !== undefined)
    complain(place, 'only one of image_url and slack_file is allowed');
});
const { alt_text, ...sources } = pictureFields;
export const imageElement: Rule = byType({ image: both(typed({ alt_text }, sources), needsPicture) });

const style = object({}, { bold: bool, italic: bool, strike: bool, code: bool, underline: bool, highlight: bool });
const inline = byType({
  text: typed({ text: str(LIMITS.text) }, { style }),
  link: typed({ url }, { text: str(LIMITS.text, 0), unsafe: bool, style }),
  emoji: typed({ name: id }, { unicode: id, url, skin_tone: int(1, 6), style }),
  user: typed({ user_id: id }, { style }),
  usergroup: typed({ usergroup_id: id }, { style }),
  channel: typed({ channel_id: id }, { style }),
  broadcast: typed({ range: oneOf('here', 'channel', 'everyone') }, { style }),
  date: typed({ timestamp: num, format: id }, { url, fallback: id, style }),
  color: typed({ value: id }, { style }),
});
const inlines = list(inline, Number.POSITIVE_INFINITY, 0);
const border = int(0, 1);
const section = typed({ elements: inlines });

export const richTextElements: Rule = list(
  byType({
    rich_text_section: section,
    rich_text_quote: typed({ elements: inlines }, { border }),
    rich_text_preformatted: typed({ elements: inlines }, { border, language: id }),
    rich_text_list: typed(
      { elements: list(byType({ rich_text_section: section }), Number.POSITIVE_INFINITY), style: oneOf('bullet', 'ordered') },
      { indent: int(0, 8), offset: int(0, 10_000), border },
    ),
  }),
  Number.POSITIVE_INFINITY,
  0,
);
export const richText: Rule = byType({ rich_text: typed({ elements: richTextElements }, { block_id: id }) });

export const confirm: Rule = object(
  { text: anyText(LIMITS.confirm.text) },
  {
    title: plain(LIMITS.confirm.title),
    confirm: plain(LIMITS.confirm.button),
    deny: plain(LIMITS.confirm.button),
    style: oneOf('primary', 'danger'),
  },
);
