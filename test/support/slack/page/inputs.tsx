import type { Checkboxes, InputBlock, Option } from '@slack/types';
import { useContext, useState } from 'react';
import { Chosen, choiceValue, initialChoice, isChoice } from './choices.js';
import { Unknown } from './elements.js';
import { Text } from './text.js';
import { ActContext, FormContext, type FormValues } from './world.js';

type Block = Readonly<Record<string, unknown>>;
/** The parts that text fields, dates and times have in common. */
type Field = {
  readonly type: string;
  readonly action_id?: string;
  readonly placeholder?: { readonly text: string };
  readonly multiline?: boolean;
  readonly is_decimal_allowed?: boolean;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly min_value?: string;
  readonly max_value?: string;
  readonly initial_value?: string;
  readonly initial_date?: string;
  readonly initial_time?: string;
};

/** The key of `view.state.values`, the HTML type, and where it begins. */
const FIELDS: Readonly<Record<string, { readonly key: string; readonly input: string; readonly from: keyof Field }>> = {
  plain_text_input: { key: 'value', input: 'text', from: 'initial_value' },
  number_input: { key: 'value', input: 'number', from: 'initial_value' },
  email_text_input: { key: 'value', input: 'email', from: 'initial_value' },
  url_text_input: { key: 'value', input: 'url', from: 'initial_value' },
  datepicker: { key: 'selected_date', input: 'date', from: 'initial_date' },
  timepicker: { key: 'selected_time', input: 'time', from: 'initial_time' },
};

/** Everything a view's blocks ask for, with what was filled in, as Slack sends it: untouched elements are there too. */
export function viewValues(blocks: readonly Block[], filled: FormValues): FormValues {
  const values: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const [index, block] of blocks.entries()) {
    const id = blockIdOf(block, index);
    const elements = [block.element, block.accessory, ...((block.elements as unknown[] | undefined) ?? [])];
    for (const element of elements as (Field | undefined)[]) {
      const untouched = element && initialValue(element);
      if (!untouched) continue;
      const action = element.action_id ?? '';
      values[id] = { ...values[id], [action]: filled[id]?.[action] ?? untouched };
    }
  }
  return values;
}

/** The workspace gives every block an id; one without is told by its place. */
export function blockIdOf(block: Block, index: number): string {
  return typeof block.block_id === 'string' ? block.block_id : `block-${index}`;
}

function initialValue(element: Field): Record<string, unknown> | undefined {
  if (isChoice(element)) return choiceValue(element, initialChoice(element));
  if (element.type === 'checkboxes')
    return { type: 'checkboxes', selected_options: (element as Checkboxes).initial_options ?? [] };
  const field = FIELDS[element.type];
  return field && { type: element.type, [field.key]: element[field.from] ?? null };
}

export function Input({ block, blockId }: { block: InputBlock; blockId: string }) {
  const { element } = block;
  const act = useContext(ActContext);
  const required = !block.optional;
  const Frame = ['radio_buttons', 'checkboxes'].includes(element.type) ? 'fieldset' : 'label';
  return (
    <Frame className="input">
      <b>
        {block.label.text} {block.optional && <small>(optional)</small>}
      </b>
      {isChoice(element) ? (
        <Chosen
          {...{ blockId, element, required }}
          labelled
          onChoose={(value) => block.dispatch_action && void act(blockId, element, value)}
        />
      ) : element.type === 'checkboxes' ? (
        <Boxes blockId={blockId} element={element} />
      ) : (
        <TextField blockId={blockId} element={element as Field} required={required} />
      )}
      {block.hint && <small>{block.hint.text}</small>}
    </Frame>
  );
}

function TextField({ blockId, element, required }: { blockId: string; element: Field; required: boolean }) {
  const form = useContext(FormContext);
  const field = FIELDS[element.type];
  const [text, setText] = useState(String((field && element[field.from]) ?? ''));
  if (!field) return <Unknown what={`input “${element.type}”`} />;
  const props = {
    value: text,
    required,
    placeholder: element.placeholder?.text,
    minLength: element.min_length,
    maxLength: element.max_length,
    onChange: ({ target }: { target: { value: string } }) => {
      setText(target.value);
      form?.set(blockId, element.action_id ?? '', { type: element.type, [field.key]: target.value || null });
    },
  };
  if (element.multiline) return <textarea rows={4} {...props} />;
  const step = element.is_decimal_allowed ? 'any' : undefined;
  return <input type={field.input} min={element.min_value} max={element.max_value} step={step} {...props} />;
}

function Boxes({ blockId, element }: { blockId: string; element: Checkboxes }) {
  const form = useContext(FormContext);
  const [ticked, setTicked] = useState<readonly Option[]>(element.initial_options ?? []);
  const isTicked = (option: Option) => ticked.some(({ value }) => value === option.value);
  const toggle = (option: Option) => {
    const next = element.options.filter((other) => (other === option ? !isTicked(option) : isTicked(other)));
    setTicked(next);
    form?.set(blockId, element.action_id ?? '', { type: 'checkboxes', selected_options: next });
  };
  return (
    <span className="boxes">
      {element.options.map((option) => (
        <label key={option.value}>
          <input type="checkbox" checked={isTicked(option)} onChange={() => toggle(option)} />
          <span>
            <Text of={option.text} />
          </span>
        </label>
      ))}
    </span>
  );
}
