/** react-dom brings no types of its own: the one function that the page calls. */
declare module 'react-dom/client' {
  import type { ReactNode } from 'react';
  export function createRoot(container: Element): { render(children: ReactNode): void };
}

declare module '*.css';
