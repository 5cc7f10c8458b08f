import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Channel, User } from './words.js';

export const TEAM = { id: 'T0HOME00001', name: 'Home' } as const;
export const OTHER_TEAM = { id: 'T0OTHER0001', name: 'Partner' } as const;
export const APP_ID = 'A0LEAKWATCH';
export const BOT = { id: 'U0LEAKWATCH', botId: 'B0LEAKWATCH', name: 'leakwatch' } as const;

const nobody = { teamId: TEAM.id, isBot: false, isRestricted: false, isDeactivated: false };

/** `stranger` is a member of another workspace; `robot` another app's bot; `gone` a deactivated person. */
export const USERS = {
  ana: 'U0ANA000001',
  bo: 'U0BO0000001',
  guest: 'U0GUEST0001',
  gone: 'U0GONE00001',
  robot: 'U0ROBOT0001',
  stranger: 'U0STRANGER1',
} as const;

export const CHANNELS = {
  ops: 'C0OPS000001',
  random: 'C0RANDOM001',
  /** Private, with the bot. */
  secret: 'C0SECRET001',
  /** Private, without the bot: for it there is no such channel. */
  hidden: 'C0HIDDEN001',
  /** Public, without the bot. */
  lobby: 'C0LOBBY0001',
  archived: 'C0ARCHIVED1',
  /** With people of another workspace, `stranger` among them. */
  shared: 'C0SHARED001',
} as const;

export function seedUsers(): User[] {
  return [
    { ...nobody, id: BOT.id, name: BOT.name, isBot: true },
    { ...nobody, id: USERS.ana, name: 'ana' },
    { ...nobody, id: USERS.bo, name: 'bo' },
    { ...nobody, id: USERS.guest, name: 'guest', isRestricted: true },
    { ...nobody, id: USERS.gone, name: 'gone', isDeactivated: true },
    { ...nobody, id: USERS.robot, name: 'robot', isBot: true },
    { ...nobody, id: USERS.stranger, name: 'stranger', teamId: OTHER_TEAM.id },
  ];
}

export function seedChannels(): Channel[] {
  const people = [USERS.ana, USERS.bo, USERS.guest, USERS.robot];
  const plain = { kind: 'public', isArchived: false, isExtShared: false } as const;
  const withBot = () => new Set<string>([...people, BOT.id]);
  return [
    { ...plain, id: CHANNELS.ops, name: 'ops', members: withBot() },
    { ...plain, id: CHANNELS.random, name: 'random', members: withBot() },
    { ...plain, id: CHANNELS.secret, name: 'secret', kind: 'private', members: withBot() },
    { ...plain, id: CHANNELS.hidden, name: 'hidden', kind: 'private', members: new Set([USERS.ana]) },
    { ...plain, id: CHANNELS.lobby, name: 'lobby', members: new Set(people) },
    { ...plain, id: CHANNELS.archived, name: 'old-ops', isArchived: true, members: withBot() },
    { ...plain, id: CHANNELS.shared, name: 'partner', isExtShared: true, members: withBot().add(USERS.stranger) },
  ];
}

/** What the app's manifest says of the app: the workspace has it installed just so. */
export type Installed = {
  readonly scopes: readonly string[];
  readonly commands: readonly string[];
  readonly events: readonly string[];
  readonly shortcuts: readonly { readonly name: string; readonly callbackId: string }[];
  readonly hasHome: boolean;
};

type Manifest = {
  readonly features?: {
    readonly slash_commands?: readonly { readonly command: string }[];
    readonly shortcuts?: readonly { readonly name: string; readonly callback_id: string }[];
    readonly app_home?: { readonly home_tab_enabled?: boolean };
  };
  readonly oauth_config?: { readonly scopes?: { readonly bot?: string[]; readonly bot_optional?: string[] } };
  readonly settings?: { readonly event_subscriptions?: { readonly bot_events?: string[] } };
};

export function readManifest(path: string): Installed {
  const { features, oauth_config, settings } = parse(readFileSync(path, 'utf8')) as Manifest;
  return {
    scopes: [...(oauth_config?.scopes?.bot ?? []), ...(oauth_config?.scopes?.bot_optional ?? [])],
    commands: (features?.slash_commands ?? []).map(({ command }) => command),
    events: settings?.event_subscriptions?.bot_events ?? [],
    shortcuts: (features?.shortcuts ?? []).map(({ name, callback_id }) => ({ name, callbackId: callback_id })),
    hasHome: features?.app_home?.home_tab_enabled ?? false,
  };
}
