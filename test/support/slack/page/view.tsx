import { type ReactNode, useState } from 'react';
import type { PageView } from './contract.js';
import { viewValues } from './inputs.js';
import { ActContext, FormContext, type FormValues, useWorld } from './world.js';

/**
 * What modals and the home tab share: elements that act on the view, inputs that are remembered, what went wrong. Filled in
 * values stay when the app updates the view, as in Slack, for as long as their block and action ids stay.
 */
export function useView(view: PageView): {
  values(): FormValues;
  problem: string;
  setProblem(text: string): void;
  around(blocks: ReactNode): ReactNode;
} {
  const { perform } = useWorld();
  const [filled, setFilled] = useState<FormValues>({});
  const [problem, setProblem] = useState('');
  return {
    values: () => viewValues(view.blocks, filled),
    problem,
    setProblem,
    around: (blocks) => (
      <ActContext
        value={async (blockId, element, selected) => {
          const chosen = selected === undefined ? {} : { selected };
          const answer = await perform('act', { viewId: view.id, blockId, element: { ...element }, ...chosen });
          setProblem(answer.ok ? '' : answer.error);
        }}
      >
        <FormContext
          value={{
            values: filled,
            set: (blockId, actionId, value) =>
              setFilled((before) => ({ ...before, [blockId]: { ...before[blockId], [actionId]: value } })),
          }}
        >
          {blocks}
        </FormContext>
      </ActContext>
    ),
  };
}
