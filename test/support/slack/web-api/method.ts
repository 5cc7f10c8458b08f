import type { BlockCheck } from '../block-kit/validate.js';
import type { Files } from '../files.js';
import type { Installed } from '../seed.js';
import type { State } from '../state.js';
import type { Triggers } from '../triggers.js';
import type { Json } from '../words.js';
import type { Args } from './args.js';

/** What a method may use. `origin`: `http://<host>:<port>`. */
export type Api = {
  readonly state: State;
  readonly files: Files;
  readonly triggers: Triggers;
  readonly installed: Installed;
  readonly scopes: readonly string[];
  readonly blocks: BlockCheck;
  readonly freePlan: boolean;
  readonly origin: () => string;
  /** A new ticket for a Socket Mode connection. */
  readonly socketUrl: () => string;
};

/**
 * One method. `scopes`: one of them is needed; a function where it depends on the channel. `perMinute`: how often the whole
 * app may call it (docs.slack.dev/apis/web-api/rate-limits); null where Slack's limit is its own.
 */
export type Method = {
  readonly token: 'bot' | 'app' | 'none';
  readonly scopes: readonly string[] | ((args: Args, api: Api) => readonly string[]);
  readonly perMinute: number | null;
  run(args: Args, api: Api): Json | Promise<Json>;
};

export type Methods = Readonly<Record<string, Method>>;

export const TIER_2 = 20;
export const TIER_3 = 50;
export const TIER_4 = 100;
