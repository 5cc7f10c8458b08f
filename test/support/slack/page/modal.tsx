import { useState } from 'react';
import { Blocks } from './blocks.js';
import { Dialog } from './confirm.js';
import type { PageView } from './contract.js';
import { Problem } from './message.js';
import { useView } from './view.js';
import { useWorld } from './world.js';

export function Modal({ view }: { view: PageView }) {
  const { perform } = useWorld();
  const { values, problem, setProblem, around } = useView(view);
  const [busy, setBusy] = useState(false);
  const close = () => void perform('close', { viewId: view.id });
  const submit = async () => {
    setBusy(true);
    const answer = await perform('submit', { viewId: view.id, values: values() });
    setBusy(false);
    setProblem(answer.ok ? '' : answer.error);
  };
  return (
    <Dialog className="modal" onCancel={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <header>
          <h2>{view.title}</h2>
          <button type="button" className="close" aria-label="Close" onClick={close}>
            ×
          </button>
        </header>
        {around(<Blocks blocks={view.blocks} />)}
        {problem && <Problem text={problem} />}
        <footer>
          <button type="button" className="button" onClick={close}>
            {view.close ?? 'Cancel'}
          </button>
          {view.submit && (
            <button type="submit" className="button primary" disabled={busy}>
              {view.submit}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
