/**
 * What the page and the local workspace say to each other: JSON over HTTP on the workspace's own port, below `/_page/`.
 *
 *   GET  /_page/                  the page
 *   GET  /_page/state             PageState
 *   GET  /_page/events            server-sent events: one `data: <revision>` a change; the page then fetches the state
 *   GET  /_page/files/<file id>   the bytes of an uploaded file, once it is ready
 *   POST /_page/<action>          one of `PageActions`; answers `PageAnswer`
 */
export type PageState = {
  readonly revision: number;
  readonly team: { readonly id: string; readonly name: string };
  readonly botUserId: string;
  readonly users: readonly PageUser[];
  readonly channels: readonly PageChannel[];
  /** Oldest first; with `ephemeralFor` only that user sees it. */
  readonly messages: readonly PageMessage[];
  /** Open modals and home tabs, each for one user. */
  readonly views: readonly PageView[];
  readonly shortcuts: readonly { readonly name: string; readonly callbackId: string }[];
};

export type PageUser = {
  readonly id: string;
  readonly name: string;
  readonly isBot: boolean;
  /** Member of another workspace, here through a shared channel. */
  readonly stranger: boolean;
};

export type PageChannel = {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  readonly botIsMember: boolean;
};

export type PageMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Record<string, unknown>[];
  readonly edited: boolean;
  readonly ephemeralFor?: string;
};

export type PageView = {
  readonly id: string;
  readonly type: 'modal' | 'home';
  readonly forUser: string;
  readonly title: string;
  readonly blocks: readonly Record<string, unknown>[];
  readonly submit?: string;
  readonly close?: string;
};

export type PageActions = {
  /** Types a line as `user`: a command when it begins with `/`, else a message; `@leakwatch` in it is a mention. */
  say: { readonly user: string; readonly channel: string; readonly text: string; readonly threadTs?: string };
  /** Presses a button or chooses from a menu of a message or view. `element` is the block element as it was shown. */
  act: {
    readonly user: string;
    readonly channel?: string;
    readonly messageTs?: string;
    readonly viewId?: string;
    readonly blockId: string;
    readonly element: Record<string, unknown>;
    /** Of a select: the value of the option that was chosen. */
    readonly selected?: string;
  };
  /** Submits a modal; values by block id and action id, as in `view.state.values`. */
  submit: {
    readonly user: string;
    readonly viewId: string;
    readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  /** Closes a modal. */
  close: { readonly user: string; readonly viewId: string };
  /** Opens the app's home tab. */
  home: { readonly user: string };
  /** Uses a message shortcut. */
  shortcut: { readonly user: string; readonly channel: string; readonly messageTs: string; readonly callbackId: string };
};

/** `error`: what Slack's client would show the person, in Slack's words. */
export type PageAnswer = { readonly ok: true } | { readonly ok: false; readonly error: string };
