import type { ChannelsSelect, ConversationsSelect, Option, RadioButtons, StaticSelect, UsersSelect } from '@slack/types';
import { useContext, useState } from 'react';
import type { PageState } from './contract.js';
import { Text } from './text.js';
import { FormContext, useWorld } from './world.js';

/** One of several: menus of options, people and channels, and radio buttons. */
export type ChoiceElement = StaticSelect | UsersSelect | ChannelsSelect | ConversationsSelect | RadioButtons;

const CHOICES = ['static_select', 'users_select', 'channels_select', 'conversations_select', 'radio_buttons'];

export function isChoice(element: { readonly type: string }): element is ChoiceElement {
  return CHOICES.includes(element.type);
}

/** `view.state.values` of a choice, empty for nothing chosen. */
export function choiceValue(element: ChoiceElement, value: string): Record<string, unknown> {
  const { type } = element;
  const chosen = value === '' ? null : value;
  if (type === 'users_select') return { type, selected_user: chosen };
  if (type === 'channels_select') return { type, selected_channel: chosen };
  if (type === 'conversations_select') return { type, selected_conversation: chosen };
  const options = type === 'static_select' ? optionsOf(element) : element.options;
  return { type, selected_option: options.find((option) => option.value === value) ?? null };
}

export function initialChoice(element: ChoiceElement): string {
  if (element.type === 'users_select') return element.initial_user ?? '';
  if (element.type === 'channels_select') return element.initial_channel ?? '';
  if (element.type === 'conversations_select') return element.initial_conversation ?? '';
  return element.initial_option?.value ?? '';
}

type Props = {
  readonly blockId: string;
  readonly element: ChoiceElement;
  readonly required?: boolean;
  /** Its name stands beside it already. */
  readonly labelled?: boolean;
  /** `goBack` shows again what was chosen before. */
  onChoose?(value: string, goBack: () => void): void;
};

/** Shows what is chosen and remembers it, in a view for its submission too. */
export function Chosen({ blockId, element, required = false, labelled = false, onChoose }: Props) {
  const form = useContext(FormContext);
  const [value, setValue] = useState(initialChoice(element));
  const show = (chosen: string) => {
    setValue(chosen);
    form?.set(blockId, element.action_id ?? '', choiceValue(element, chosen));
  };
  const choose = (chosen: string) => {
    show(chosen);
    onChoose?.(chosen, () => show(value));
  };
  if (element.type === 'radio_buttons') return <Radios {...{ blockId, element, value, required, choose }} />;
  return <Select {...{ element, value, required, labelled, choose }} />;
}

type Shown<E> = {
  readonly element: E;
  readonly value: string;
  readonly required: boolean;
  choose(value: string): void;
};

type Menu = Exclude<ChoiceElement, RadioButtons>;

function Select({ element, value, required, labelled, choose }: Shown<Menu> & { readonly labelled: boolean }) {
  const { state } = useWorld();
  const prompt = element.placeholder?.text ?? 'Choose an option';
  return (
    <select
      className="button select"
      aria-label={labelled ? undefined : prompt}
      value={value}
      required={required}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="" disabled>
        {prompt}
      </option>
      {element.type === 'static_select' && element.option_groups
        ? element.option_groups.map((group) => (
            <optgroup key={group.label.text} label={group.label.text}>
              <Options of={group.options.map(named)} />
            </optgroup>
          ))
        : null}
      {element.type === 'static_select' && element.option_groups ? null : <Options of={choicesOf(element, state)} />}
    </select>
  );
}

function Options({ of }: { of: readonly { readonly value: string; readonly label: string }[] }) {
  return of.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}

const named = (option: Option) => ({ value: option.value ?? '', label: option.text.text });

function choicesOf(element: Menu, { users, channels }: PageState) {
  if (element.type === 'static_select') return (element.options ?? []).map(named);
  if (element.type === 'users_select') return users.map(({ id, name }) => ({ value: id, label: `@${name}` }));
  return channels.map(({ id, name }) => ({ value: id, label: `#${name}` }));
}

function optionsOf(element: StaticSelect): readonly Option[] {
  return element.option_groups?.flatMap((group) => group.options) ?? element.options ?? [];
}

function Radios({ blockId, element, value, required, choose }: Shown<RadioButtons> & { readonly blockId: string }) {
  return (
    <span className="boxes">
      {element.options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={`${blockId} ${element.action_id ?? ''}`}
            checked={option.value === value}
            required={required}
            onChange={() => choose(option.value ?? '')}
          />
          <span>
            <Text of={option.text} />
            {option.description && (
              <small>
                <Text of={option.description} />
              </small>
            )}
          </span>
        </label>
      ))}
    </span>
  );
}
