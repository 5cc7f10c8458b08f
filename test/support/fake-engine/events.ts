import type { ServerResponse } from 'node:http';
import type { FakeContainer } from './container.js';
import { EngineRefusal, type Filters } from './query.js';

type Told = { readonly action: string; readonly container: FakeContainer; readonly nano: bigint; readonly line: string };
/** The engine keeps no more (moby daemon/events: `eventsLimit`). */
const REMEMBERED = 256;
const KNOWN_FILTERS = new Set(['type', 'event', 'container', 'label', 'image']);

/** What happened, told to everybody who listens and, of the last 256, to who comes later with `since`. */
export type EventHub = {
  tell(action: string, container: FakeContainer, atMs: number, attributes?: Readonly<Record<string, string>>): void;
  listen(response: ServerResponse, since: bigint | null, filters: Filters): void;
  /** As a daemon that was started anew: it remembers nothing. */
  forget(): void;
};

export function makeEventHub(oldFields: boolean): EventHub {
  const listeners = new Map<ServerResponse, (told: Told) => boolean>();
  let remembered: Told[] = [];
  let lastNano = 0n;

  return {
    tell(action, container, atMs, attributes = {}) {
      const wanted = BigInt(Math.round(atMs)) * 1_000_000n;
      // Two in one millisecond: as on a real clock, the second is later.
      const nano = wanted > lastNano || lastNano - wanted > 1_000_000n ? wanted : lastNano + 1_000n;
      lastNano = nano;
      const told = { action, container, nano, line: lineOf(action, container, nano, attributes, oldFields) };
      remembered = [...remembered, told].slice(-REMEMBERED);
      for (const [response, isAsked] of listeners) if (isAsked(told)) response.write(told.line);
    },
    listen(response, since, filters) {
      const isAsked = matcher(filters);
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      if (since !== null) for (const told of remembered) if (told.nano >= since && isAsked(told)) response.write(told.line);
      listeners.set(response, isAsked);
      response.on('close', () => listeners.delete(response));
    },
    forget() {
      remembered = [];
    },
  };
}

/** The time in nanoseconds does not fit a number of JavaScript's: it is written as text. */
function lineOf(
  action: string,
  { id, image, name, labels }: FakeContainer,
  nano: bigint,
  attributes: Readonly<Record<string, string>>,
  oldFields: boolean,
): string {
  const event = {
    ...(oldFields ? { status: action, id, from: image } : {}),
    Type: 'container',
    Action: action,
    Actor: { ID: id, Attributes: { ...labels, ...attributes, image, name } },
    scope: 'local',
  };
  return `${JSON.stringify(event).slice(0, -1)},"time":${nano / 1_000_000_000n},"timeNano":${nano}}\n`;
}

/** Of one filter any value may fit, of the filters all must. */
function matcher(filters: Filters): (told: Told) => boolean {
  for (const name of filters.keys())
    if (!KNOWN_FILTERS.has(name)) throw new EngineRefusal(501, `the fake engine has no filter ${name} for events`);
  const fits = (name: string, is: (value: string) => boolean) => {
    const values = filters.get(name);
    return values === undefined || values.some(is);
  };
  return ({ action, container }) =>
    fits('type', (type) => type === 'container') &&
    fits('event', (event) => event === action) &&
    fits('image', (image) => image === container.image) &&
    fits('container', (one) => container.id.startsWith(one) || container.name === one) &&
    fits('label', (label) => hasLabel(container, label));
}

/** `key` or `key=value`. */
export function hasLabel({ labels }: FakeContainer, label: string): boolean {
  const [name = '', ...value] = label.split('=');
  return value.length === 0 ? name in labels : labels[name] === value.join('=');
}
