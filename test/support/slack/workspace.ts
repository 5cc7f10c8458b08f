import type { ActContext } from './acts/acts.js';
import { type CommandAct, command } from './acts/command.js';
import { type DropAct, drop } from './acts/drop.js';
import { type MentionAct, mention, openHome, say } from './acts/event.js';
import { type ClickAct, click, closeView, type ShortcutAct, type SubmitAct, shortcut, submitView } from './acts/interact.js';
import type { SocketDelivery } from './delivery/socket.js';
import type { Fault } from './faults.js';
import { type WorkspaceOptions, waitFor } from './options.js';
import { assemble, type Parts } from './parts.js';
import { BOT, CHANNELS, TEAM, USERS } from './seed.js';
import { transcript } from './transcript.js';
import type { Message } from './words.js';

export type { Timing, WorkspaceOptions } from './options.js';
export type Workspace = Awaited<ReturnType<typeof startWorkspace>>;

/** A Slack workspace of its own, on loopback unless told otherwise: it takes what Slack takes, refuses what Slack refuses, in Slack's words. */
export async function startWorkspace(options: WorkspaceOptions) {
  const parts = await assemble(options);
  return {
    ...parts.credentials,
    apiUrl: `${parts.origin}/api/`,
    pageUrl: `${parts.origin}/_page/`,
    teamId: TEAM.id,
    botUserId: BOT.id,
    botId: BOT.botId,
    users: USERS,
    channels: CHANNELS,
    ...whatPeopleDo(parts.acts),
    ...whatIsSeen(parts),
    ...whatTestsChange(parts),
    stop: parts.stop,
  };
}

function whatPeopleDo(acts: ActContext) {
  return {
    command: (act: CommandAct) => command(acts, act),
    mention: (act: MentionAct) => mention(acts, act),
    say: (act: MentionAct) => say(acts, act),
    /** Sends files, with words or none. */
    drop: (act: DropAct) => drop(acts, act),
    click: (act: ClickAct) => click(acts, act),
    shortcut: (act: ShortcutAct) => shortcut(acts, act),
    openHome: (user: string) => openHome(acts, user),
    submitView: (act: SubmitAct) => submitView(acts, act),
    closeView: (user: string, viewId: string) => closeView(acts, user, viewId),
  };
}

function whatIsSeen({ state, files, calls, delivered, socket }: Parts) {
  return {
    /** What everybody in the channel sees, oldest first, threads too. */
    messages: (channel: string): Message[] =>
      state.messages.filter((one) => one.channel === channel && one.ephemeralFor === undefined),
    /** What only this person sees, oldest first. */
    ephemerals: (user: string): Message[] => state.messages.filter((one) => one.ephemeralFor === user),
    transcript: (channel: string, reader?: string): string => transcript(state, channel, reader),
    views: (user: string) => [...state.views.values()].filter(({ forUser }) => forUser === user),
    /** The bytes of an uploaded file, once Slack has made it ready. */
    fileBytes: (id: string): Buffer | undefined => files.bytes(id),
    /** Calls to many (`@here`, groups) that the bot's messages made. */
    broadcasts: state.broadcasts,
    /** Every call, in the order in which they came. */
    calls: calls as Readonly<Parts['calls']>,
    callsOf: (method: string): Parts['calls'] => calls.filter((call) => call.method === method),
    /** Everything that was sent to the app, with how it was taken. */
    delivered: delivered as Readonly<Parts['delivered']>,
    /** Open Socket Mode connections. */
    sockets: (): number => socket?.count() ?? 0,
    waitFor,
  };
}

function whatTestsChange({ set, faults, files, http, socket }: Parts) {
  return {
    setRequestUrl(url: string): void {
      set.requestUrl = url;
    },
    /** Asks the request URL whether it is the app's, as Slack does when it is set. */
    verifyRequestUrl: (): Promise<boolean> => http.verify(),
    /** From now on the tokens are refused with this word; undefined: they are good again. */
    setTokenProblem(word: 'account_inactive' | 'token_revoked' | 'invalid_auth' | undefined): void {
      set.tokenProblem = word;
    },
    /** Slack has looked at all files that were uploaded: for tests that set `fileReadyMs` to infinity. */
    finishFiles: (): void => files.finishAll(),
    removeFile: (id: string): void => files.remove(id),
    fault: (fault: Fault): void => faults.add(fault),
    /** Throws with the names of faults that never came to be. */
    assertFaultsUsed(): void {
      const unused = faults.unused();
      if (unused.length > 0) throw new Error(`faults that were asked for and never happened: ${unused.join('; ')}`);
    },
    dropSockets: (how: Parameters<SocketDelivery['drop']>[0] = 'vanish'): void => socket?.drop(how),
    /** Sends this to every connection as it is: for what a client must bear. */
    sendRaw: (data: string | Buffer): void => socket?.sendRaw(data),
  };
}
