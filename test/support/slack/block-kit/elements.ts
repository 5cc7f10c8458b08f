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
  object,
  oneOf,
  type Rule,
  str,
  typed,
} from './rules.js';
import { anyText, confirm, id, imageElement, plain, richText, url } from './texts.js';

const action: Fields = { action_id: id };
const placeholder = plain(LIMITS.placeholder);
const focus: Fields = { focus_on_load: bool, placeholder };
const words = str(LIMITS.inputLength, 0);
const ids = list(id, LIMITS.options, 0);

const optionOf = (text: Rule, more: Fields = {}): Rule =>
  object({ text, value: str(LIMITS.option.value) }, { description: anyText(LIMITS.option.description), ...more });
const plainOption = optionOf(plain(LIMITS.option.text));
const richOption = optionOf(anyText(LIMITS.option.text));
const urlOption = optionOf(plain(LIMITS.option.text), { url });
const optionGroup = object({ label: plain(LIMITS.option.text), options: list(plainOption, LIMITS.options) });

const choosing: Fields = { ...action, ...focus, confirm };
const several: Fields = { ...choosing, max_selected_items: int(1, LIMITS.options) };
const filter = object(
  {},
  { include: list(oneOf('im', 'mpim', 'private', 'public'), 4), exclude_external_shared_channels: bool, exclude_bot_users: bool },
);
const options: Fields = { options: list(plainOption, LIMITS.options), option_groups: list(optionGroup, LIMITS.optionGroups) };
const hasOptions = needsOneOf('options', 'option_groups');

/** What is chosen at first has to be one of the options, field for field. */
const firstIsOption: Rule = (value, place) => {
  if (!isObject(value) || value.initial_option === undefined || !Array.isArray(value.options)) return;
  const first = JSON.stringify(value.initial_option);
  if (!value.options.some((option) => JSON.stringify(option) === first))
    complain(at(place, 'initial_option'), 'must be one of the provided options');
};

const buttonText = plain(LIMITS.button.text);
const label = str(LIMITS.button.label);
const feedback = object({ text: buttonText, value: str(LIMITS.button.value) }, { accessibility_label: label });

export const button: Rule = byType({
  button: typed(
    { text: buttonText },
    { ...action, value: str(LIMITS.button.value), url, style: oneOf('primary', 'danger'), confirm, accessibility_label: label },
  ),
});

const selects: Fields = {
  static_select: both(both(typed({}, { ...choosing, ...options, initial_option: plainOption }), hasOptions), firstIsOption),
  multi_static_select: both(
    typed({}, { ...several, ...options, initial_options: list(plainOption, LIMITS.options) }),
    hasOptions,
  ),
  external_select: typed({}, { ...choosing, min_query_length: int(0, 100), initial_option: plainOption }),
  multi_external_select: typed(
    {},
    { ...several, min_query_length: int(0, 100), initial_options: list(plainOption, LIMITS.options) },
  ),
  users_select: typed({}, { ...choosing, initial_user: id }),
  multi_users_select: typed({}, { ...several, initial_users: ids }),
  conversations_select: typed(
    {},
    { ...choosing, initial_conversation: id, default_to_current_conversation: bool, response_url_enabled: bool, filter },
  ),
  multi_conversations_select: typed(
    {},
    { ...several, initial_conversations: ids, default_to_current_conversation: bool, filter },
  ),
  channels_select: typed({}, { ...choosing, initial_channel: id, response_url_enabled: bool }),
  multi_channels_select: typed({}, { ...several, initial_channels: ids }),
};

const choices = list(richOption, LIMITS.choices);
const pickers: Fields = {
  checkboxes: typed({ options: choices }, { ...action, confirm, focus_on_load: bool, initial_options: choices }),
  radio_buttons: both(
    typed({ options: choices }, { ...action, confirm, focus_on_load: bool, initial_option: richOption }),
    firstIsOption,
  ),
  datepicker: typed({}, { ...choosing, initial_date: str(10, 10, /^\d{4}-\d{2}-\d{2}$/) }),
  timepicker: typed({}, { ...choosing, initial_time: str(5, 5, /^\d{2}:\d{2}$/), timezone: id }),
  datetimepicker: typed({}, { ...action, confirm, focus_on_load: bool, initial_date_time: int(1e9, 9_999_999_999) }),
};

const dispatch = object({}, { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) });
const typing: Fields = { ...action, ...focus, dispatch_action_config: dispatch, initial_value: words };
const length = int(0, LIMITS.inputLength);
const typedIn: Fields = {
  plain_text_input: typed({}, { ...typing, multiline: bool, min_length: length, max_length: int(1, LIMITS.inputLength) }),
  number_input: typed({ is_decimal_allowed: bool }, { ...typing, min_value: words, max_value: words }),
  email_text_input: typed({}, typing),
  url_text_input: typed({}, typing),
  rich_text_input: typed({}, { ...typing, initial_value: richText, min_lines: int(1, 100), max_lines: int(1, 100) }),
};

const pressed: Fields = {
  button,
  overflow: typed({ options: list(urlOption, LIMITS.overflow) }, { ...action, confirm }),
  workflow_button: typed(
    {
      text: buttonText,
      workflow: object({
        trigger: object({ url }, { customizable_input_parameters: list(object({ name: id, value: words }), 100) }),
      }),
    },
    { ...action, confirm, style: oneOf('primary', 'danger'), accessibility_label: label },
  ),
};

/** What may stand where (docs.slack.dev/reference/block-kit/block-elements). */
export const inActions: Rule = byType({ ...pressed, ...selects, ...pickers, rich_text_input: typedIn.rich_text_input as Rule });
export const inSection: Rule = byType({ ...pressed, ...selects, ...pickers, image: imageElement });
export const inInput: Rule = byType({
  ...selects,
  ...pickers,
  ...typedIn,
  file_input: typed({}, { ...action, filetypes: list(id, 100), max_files: int(1, 10) }),
});
export const inContextActions: Rule = byType({
  feedback_buttons: typed({ positive_button: feedback, negative_button: feedback }, action),
  icon_button: typed(
    { icon: oneOf('trash'), text: buttonText },
    { ...action, confirm, value: str(LIMITS.button.value), accessibility_label: label, visible_to_user_ids: ids },
  ),
});
