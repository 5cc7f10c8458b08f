import { type ReactNode, useState } from 'react';

export type MenuItem = { readonly key: string; readonly label: ReactNode; choose(): void };

/** Three dots and what is behind them; closes when something is chosen, on Escape, and when the person looks elsewhere. */
export function Menu({ label, items, className = '' }: { label: string; items: readonly MenuItem[]; className?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <span
      role="toolbar"
      className={`menu ${className}${open ? ' open' : ''}`}
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setOpen(false)}
      onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
    >
      <button type="button" className="button dots" aria-label={label} aria-expanded={open} onClick={() => setOpen(!open)}>
        <svg viewBox="0 0 18 4" width="16" height="4" aria-hidden="true">
          <path d="M2 2h.01M9 2h.01M16 2h.01" stroke="currentColor" strokeWidth="3.4" strokeLinecap="round" />
        </svg>
      </button>
      {open && (
        <span className="items" role="menu">
          {items.map(({ key, label: text, choose }) => (
            <button
              key={key}
              type="button"
              role="menuitem"
              onClick={() => {
                setOpen(false);
                choose();
              }}
            >
              {text}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}
