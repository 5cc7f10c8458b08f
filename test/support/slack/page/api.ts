import type { PageActions, PageAnswer, PageState } from './contract.js';

/**
 * Gives the state now and after every change. Changes that come while one is being fetched are fetched together, once.
 * `onLost` hears when the workspace does not answer; the browser reconnects by itself. Returns what ends it.
 */
export function followState(onState: (state: PageState) => void, onLost: () => void): () => void {
  let fetching = false;
  let stale = false;
  const load = async () => {
    stale = true;
    if (fetching) return;
    fetching = true;
    try {
      while (stale) {
        stale = false;
        onState(await fetchState());
      }
    } catch {
      onLost();
    } finally {
      fetching = false;
    }
  };
  const events = new EventSource('/_page/events');
  events.onopen = load;
  events.onmessage = load;
  events.onerror = onLost;
  void load();
  return () => events.close();
}

async function fetchState(): Promise<PageState> {
  const response = await fetch('/_page/state');
  if (!response.ok) throw new Error(`state: HTTP ${response.status}`);
  return (await response.json()) as PageState;
}

/** What a person does, as the workspace hears it. Never rejects: no answer is an answer that the person must see. */
export async function post<Name extends keyof PageActions>(name: Name, action: PageActions[Name]): Promise<PageAnswer> {
  try {
    const body = JSON.stringify(action);
    const response = await fetch(`/_page/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return (await response.json()) as PageAnswer;
  } catch {
    return { ok: false, error: 'The workspace does not answer.' };
  }
}
