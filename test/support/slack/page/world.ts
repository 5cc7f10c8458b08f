import { createContext, useContext } from 'react';
import type { PageActions, PageAnswer, PageState, PageUser } from './contract.js';

/** What every part of the page may look at, and how the acting person does something. */
export type World = {
  readonly state: PageState;
  readonly actor: PageUser;
  readonly notices: readonly Notice[];
  perform<Name extends keyof PageActions>(name: Name, action: Omit<PageActions[Name], 'user'>): Promise<PageAnswer>;
  notify(notice: Omit<Notice, 'user' | 'atMs'>): void;
};

/** What Slackbot says to one person alone when a line that was typed came to nothing. Lives in the page only. */
export type Notice = {
  readonly user: string;
  readonly channel: string;
  readonly threadTs?: string;
  readonly text: string;
  readonly atMs: number;
};

export const WorldContext = createContext<World | null>(null);

export function useWorld(): World {
  const world = useContext(WorldContext);
  if (!world) throw new Error('used outside of <App>');
  return world;
}

/** Uses an element of a message or view; set by whatever shows the blocks, which also shows what goes wrong. */
export type Act = (blockId: string, element: object, selected?: string) => Promise<void>;

export const ActContext = createContext<Act>(async () => {});

/** Filled in so far, by block id and action id, in the form of `view.state.values`. Null outside of views. */
export type Form = {
  readonly values: FormValues;
  set(blockId: string, actionId: string, value: Record<string, unknown>): void;
};
export type FormValues = Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;

export const FormContext = createContext<Form | null>(null);
