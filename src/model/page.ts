import type { ServiceRef } from './replica.js';

/** What the pager is to know of an incident: wake somebody, somebody has it, it is over. */
export type PageStep = 'trigger' | 'acknowledge' | 'resolve';

/** One incident as pagers are told it: plain text, bounded, nothing of it escaped. Times in Unix ms. */
export type Page = {
  /** The same for all that is ever sent of it: what makes a repeat harmless. */
  readonly incidentId: string;
  readonly step: PageStep;
  readonly service: ServiceRef;
  /** One line that says it all. */
  readonly summary: string;
  readonly details: Readonly<Record<string, string>>;
  readonly hosts: readonly string[];
  readonly openedMs: number;
  /** When it closed; absent: it is open. */
  readonly closedMs?: number;
  /** The address of its root message; absent: not said yet, or not known. */
  readonly link?: string;
};

/**
 * Port: somewhere that wakes people, or that marks in graphs when it leaked. `send` resolves when the page was taken, and rejects with a world error in words for a person;
 * the same page sent twice is one. Implemented in `delivery/`.
 */
export type Pager = {
  readonly name: 'Alertmanager' | 'PagerDuty' | 'Grafana';
  /** What is open has to be said again so often, or it passes for over; null: once is enough. */
  readonly refreshMs: number | null;
  send(page: Page, nowMs: number, signal: AbortSignal): Promise<void>;
};

/** What a pager was told last of an incident. `sure` false: it was about to be, and the answer is not known. */
export type Paged = { readonly step: PageStep; readonly atMs: number; readonly sure: boolean; readonly failing?: PageFailing };
/** Why it was not taken, since when (Unix ms), and how often it was tried. */
export type PageFailing = { readonly why: string; readonly sinceMs: number; readonly tries: number };
export type PageRecord = { readonly [name in Pager['name']]?: Paged };

/** Port: whom the pagers are still to be told of. An incident that is a page is due from the commit that changed it. Implemented in `store/`. */
export type Pages = {
  /** Ids of incidents, the longest due first. */
  due(nowMs: number, most: number): Promise<readonly string[]>;
  record(incidentId: string): Promise<PageRecord>;
  keep(incidentId: string, record: PageRecord): Promise<void>;
  /** Due again at `nextMs`; null: not until it changes. When it has changed since `version` it is due at once. */
  settle(incidentId: string, version: number, nextMs: number | null): Promise<void>;
  /** Of all incidents what is not taken now, by whomever. */
  failing(): Promise<readonly (PageFailing & { readonly incidentId: string; readonly pager: Pager['name'] })[]>;
};
