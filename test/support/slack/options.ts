import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { patient } from '../patience.js';
import { APP_ID, type Installed, readManifest } from './seed.js';

/** Slack's waits in milliseconds; tests shorten them. */
export type Timing = {
  readonly ackMs: number;
  readonly triggerLifeMs: number;
  readonly responseUrlLifeMs: number;
  readonly fileReadyMs: number;
  readonly eventRetriesMs: readonly number[];
};

const SLACKS: Timing = {
  ackMs: 3_000,
  triggerLifeMs: 3_000,
  responseUrlLifeMs: 30 * 60_000,
  fileReadyMs: 300,
  eventRetriesMs: [0, 60_000, 300_000],
};

export type WorkspaceOptions = {
  readonly delivery: 'http' | 'socket';
  readonly port?: number;
  /** The address that it listens on and calls itself by; loopback unless containers have to reach it. */
  readonly host?: string;
  /** On unless said otherwise. */
  readonly rateLimits?: boolean;
  /** Of the bot token; the manifest's unless said otherwise. */
  readonly scopes?: readonly string[];
  /** Changes to what the manifest says: events, commands, shortcuts, home tab. */
  readonly installed?: Partial<Installed>;
  readonly freePlan?: boolean;
  readonly timing?: Partial<Timing>;
  readonly nowMs?: () => number;
  /** A folder with the built page. */
  readonly pageDir?: string;
};

/** What the workspace is, with everything that was not said filled in. */
export function settled(options: WorkspaceOptions) {
  const installed: Installed = { ...readManifest(inRepository('manifest.yml')), ...options.installed };
  return {
    nowMs: options.nowMs ?? Date.now,
    timing: { ...SLACKS, ...options.timing },
    installed,
    scopes: options.scopes ?? installed.scopes,
    freePlan: options.freePlan ?? false,
    rateLimits: options.rateLimits ?? true,
    pageDir: options.pageDir ?? inRepository('.test/slack-page'),
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
  };
}

/** No two workspaces have the same: a token of one is nothing in another. */
export function makeCredentials(): { botToken: string; appToken: string; signingSecret: string } {
  const secret = () => randomBytes(12).toString('hex');
  return { botToken: `xoxb-1-2-${secret()}`, appToken: `xapp-1-${APP_ID}-${secret()}`, signingSecret: `${secret()}${secret()}` };
}

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** Asks every 10 ms until there is something. Throws after `ms`, patiently, with `what`. */
export async function waitFor<T>(probe: () => T | null | undefined | false, ms: number, what: string): Promise<T> {
  const deadline = performance.now() + patient(ms);
  for (;;) {
    const value = probe();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${patient(ms)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
