import { useEffect, useState } from 'react';
import type { PageChannel, PageState, PageUser } from './contract.js';

/**
 * What is looked at, by whom: in the address, so that a picture of it can be asked for and a reload changes nothing.
 * `#channel=ops&as=ana&thread=1700000000.000100`; names or ids.
 */
export type Place = { readonly channel?: string; readonly as?: string; readonly thread?: string };

/** The app's own home tab, among the channels. */
export const HOME = 'home';

export function usePlace(): [Place, (change: Partial<Record<keyof Place, string | undefined>>) => void] {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const onChange = () => setPlace(read());
    window.addEventListener('hashchange', onChange);
    return () => window.removeEventListener('hashchange', onChange);
  }, []);
  const go = (change: Partial<Record<keyof Place, string | undefined>>) => {
    const next = Object.entries({ ...read(), ...change }).filter((entry): entry is [string, string] => Boolean(entry[1]));
    window.history.replaceState(null, '', `#${new URLSearchParams(next)}`);
    setPlace(read());
  };
  return [place, go];
}

function read(): Place {
  return Object.fromEntries(new URLSearchParams(window.location.hash.slice(1)));
}

/** Who acts: the one asked for, else the first member of the workspace. */
export function actorOf({ users }: PageState, { as }: Place): PageUser | undefined {
  const people = users.filter((user) => !user.isBot);
  return people.find(({ id, name }) => id === as || name === as) ?? people.find((user) => !user.stranger) ?? people[0];
}

/** The channel asked for, else the first; undefined at home. */
export function channelOf({ channels }: PageState, { channel }: Place): PageChannel | undefined {
  if (channel === HOME) return undefined;
  return channels.find(({ id, name }) => id === channel || name === channel) ?? channels[0];
}
