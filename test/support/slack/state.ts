import { broadcastsIn } from './broadcasts.js';
import { type Broadcast, type Channel, type Message, SlackRefusal, type User, type View } from './words.js';

export type State = ReturnType<typeof makeState>;
export type NewMessage = Pick<Message, 'channel' | 'user'> & Partial<Omit<Message, 'channel' | 'user' | 'ts'>>;

/** What the workspace knows. Messages are replaced, never changed: whoever took one keeps what it said then. */
export function makeState(people: readonly User[], rooms: readonly Channel[], botUserId: string, nowMs: () => number) {
  const users = new Map(people.map((user) => [user.id, user]));
  const channels = new Map(rooms.map((channel) => [channel.id, channel]));
  const messages: Message[] = [];
  const views = new Map<string, View>();
  const broadcasts: Broadcast[] = [];
  const listeners = new Set<() => void>();
  const timers = new Set<NodeJS.Timeout>();
  let revision = 0;
  let lastMicros = 0;
  let stopped = false;

  function changed(): void {
    revision += 1;
    for (const listener of listeners) listener();
  }

  function noteBroadcasts(message: Message): void {
    if (message.user !== botUserId) return;
    for (const mention of broadcastsIn(message)) broadcasts.push({ channel: message.channel, ts: message.ts, mention });
  }

  /** Slack's time stamps are ids: rising, never twice, seconds with six digits, and strings. */
  function nextTs(): string {
    lastMicros = Math.max(nowMs() * 1_000, lastMicros + 1);
    const micros = String(Math.floor(lastMicros)).padStart(16, '0');
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`;
  }

  return {
    users,
    channels,
    views,
    broadcasts,
    listeners,
    changed,
    nextTs,
    revision: () => revision,
    messages: messages as readonly Message[],

    add(message: NewMessage): Message {
      const ts = nextTs();
      const added: Message = {
        ...{ text: '', blocks: [], attachments: [], edited: false, isBroadcast: false, fileIds: [], reactions: [] },
        ...message,
        ts,
      };
      messages.push(added);
      noteBroadcasts(added);
      changed();
      return added;
    },

    replace(old: Message, change: Partial<Message>): Message {
      const next = { ...old, ...change };
      const at = messages.findIndex((one) => one.channel === old.channel && one.ts === old.ts);
      if (at >= 0) messages[at] = next;
      noteBroadcasts(next);
      changed();
      return next;
    },

    remove(message: Message): void {
      const at = messages.findIndex((one) => one.channel === message.channel && one.ts === message.ts);
      if (at >= 0) messages.splice(at, 1);
      changed();
    },

    find: (channel: string, ts: string): Message | undefined => messages.find((one) => one.channel === channel && one.ts === ts),

    user(id: string): User {
      const user = users.get(id);
      if (!user) throw new SlackRefusal('user_not_found');
      return user;
    },

    /** Runs after a while, unless the workspace was stopped by then. */
    later(ms: number, work: () => void): void {
      if (stopped) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
    },

    stop(): void {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      listeners.clear();
    },
  };
}
