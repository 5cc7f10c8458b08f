import type { Button as ButtonElement, ImageElement, Overflow as OverflowElement } from '@slack/types';
import { type ReactNode, useContext, useState } from 'react';
import { type ChoiceElement, Chosen, isChoice } from './choices.js';
import { useConfirm } from './confirm.js';
import { Menu } from './menu.js';
import { Picture } from './picture.js';
import { Text } from './text.js';
import { ActContext } from './world.js';

/** What is in `actions` and beside a `section`: using it is told to the app at once. */
export function Element({ blockId, element }: { blockId: string; element: { readonly type: string } }): ReactNode {
  if (element.type === 'button') return <Button blockId={blockId} element={element as ButtonElement} />;
  if (element.type === 'overflow') return <Overflow blockId={blockId} element={element as OverflowElement} />;
  if (element.type === 'image') return <Picture of={element as ImageElement} className="thumbnail" />;
  if (isChoice(element)) return <ActingChoice blockId={blockId} element={element} />;
  return <Unknown what={`element “${element.type}”`} />;
}

/** Said, so that nobody takes a gap of the page for one of the message. */
export function Unknown({ what }: { what: string }) {
  return <span className="unknown">This page cannot show the {what}.</span>;
}

function Button({ blockId, element }: { blockId: string; element: ButtonElement }) {
  const act = useContext(ActContext);
  const { ask, dialog } = useConfirm();
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (element.url) window.open(element.url, '_blank', 'noreferrer');
    setBusy(true);
    await act(blockId, element);
    setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        className={`button ${element.style ?? ''}`}
        disabled={busy}
        aria-label={element.accessibility_label}
        onClick={() => ask(element.confirm, () => void press())}
      >
        <Text of={element.text} />
      </button>
      {dialog}
    </>
  );
}

function Overflow({ blockId, element }: { blockId: string; element: OverflowElement }) {
  const act = useContext(ActContext);
  const { ask, dialog } = useConfirm();
  const items = element.options.map((option, index) => ({
    key: option.value ?? `${index}`,
    label: <Text of={option.text} />,
    choose: () => {
      if (option.url) window.open(option.url, '_blank', 'noreferrer');
      ask(element.confirm, () => void act(blockId, element, option.value));
    },
  }));
  return (
    <>
      <Menu label="More actions" items={items} />
      {dialog}
    </>
  );
}

function ActingChoice({ blockId, element }: { blockId: string; element: ChoiceElement }) {
  const act = useContext(ActContext);
  const { ask, dialog } = useConfirm();
  return (
    <>
      <Chosen
        blockId={blockId}
        element={element}
        onChoose={(value, goBack) => ask(element.confirm, () => void act(blockId, element, value), goBack)}
      />
      {dialog}
    </>
  );
}
