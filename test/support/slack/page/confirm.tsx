import type { ConfirmationDialog } from '@slack/types';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Text } from './text.js';

/** In the browser's top layer, over everything else that is open; Escape is *No*. */
export function Dialog({ className, onCancel, children }: { className: string; onCancel: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // The browser would begin with the first button, which closes.
    dialog.current?.querySelector<HTMLElement>('input, textarea, select, .primary, .danger')?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      onCancel={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onCancel();
      }}
    >
      {children}
    </dialog>
  );
}

/**
 * `ask(confirm, go)` runs `go` at once when there is nothing to confirm, else after the person said so; `dialog` is to be
 * rendered beside the element.
 */
export function useConfirm(): {
  dialog: ReactNode;
  ask(confirm: ConfirmationDialog | undefined, go: () => void, stay?: () => void): void;
} {
  const [asking, setAsking] = useState<{ confirm: ConfirmationDialog; go: () => void; stay?: () => void } | null>(null);
  const end = (then?: () => void) => {
    setAsking(null);
    then?.();
  };
  return {
    ask: (confirm, go, stay) => (confirm ? setAsking({ confirm, go, ...(stay ? { stay } : {}) }) : go()),
    dialog: asking && <Confirm {...asking} end={end} />,
  };
}

function Confirm({
  confirm,
  go,
  stay,
  end,
}: {
  confirm: ConfirmationDialog;
  go: () => void;
  stay?: () => void;
  end: (then?: () => void) => void;
}) {
  return (
    <Dialog className="confirm" onCancel={() => end(stay)}>
      <h2>{confirm.title ? <Text of={confirm.title} /> : 'Are you sure?'}</h2>
      <p>
        <Text of={confirm.text} />
      </p>
      <footer>
        <button type="button" className="button" onClick={() => end(stay)}>
          {confirm.deny?.text ?? 'No'}
        </button>
        <button type="button" className={`button ${confirm.style ?? 'primary'}`} onClick={() => end(go)}>
          {confirm.confirm?.text ?? 'Yes'}
        </button>
      </footer>
    </Dialog>
  );
}
