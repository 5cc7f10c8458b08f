import { type ReactNode, useState } from 'react';
import { Blocks } from './blocks.js';
import type { PageMessage, PageUser } from './contract.js';
import { Menu } from './menu.js';
import { Mrkdwn } from './text.js';
import { clockOf } from './when.js';
import { ActContext, type Notice, useWorld } from './world.js';

type Props = { readonly message: PageMessage; readonly replies: readonly PageMessage[]; openThread?(): void };

export function Message({ message, replies, openThread }: Props) {
  const { state, perform } = useWorld();
  const [problem, setProblem] = useState('');
  const { channel, ts, blocks, text, edited } = message;
  const tell = (answer: { ok: true } | { ok: false; error: string }) => setProblem(answer.ok ? '' : answer.error);
  const shortcuts = state.shortcuts.map(({ name, callbackId }) => ({
    key: callbackId,
    label: name,
    choose: async () => tell(await perform('shortcut', { channel, messageTs: ts, callbackId })),
  }));
  const reply = openThread ? [{ key: 'reply', label: 'Reply in thread', choose: openThread }] : [];
  return (
    <Frame
      author={state.users.find((user) => user.id === message.user)}
      ts={ts}
      privately={message.ephemeralFor !== undefined}
      menu={
        message.ephemeralFor === undefined && (
          <Menu className="message-menu" label="Message menu" items={[...reply, ...shortcuts]} />
        )
      }
    >
      <ActContext
        value={async (blockId, element, selected) =>
          tell(
            await perform('act', {
              ...{ channel, messageTs: ts, blockId, element: { ...element } },
              ...(selected === undefined ? {} : { selected }),
            }),
          )
        }
      >
        {blocks.length > 0 ? (
          <Blocks blocks={blocks} />
        ) : (
          <div className="text">
            <Mrkdwn text={text} />
          </div>
        )}
      </ActContext>
      {edited && <small className="edited">(edited)</small>}
      {problem && <Problem text={problem} />}
      {replies.length > 0 && openThread && (
        <button type="button" className="replies" onClick={openThread}>
          {replies.length === 1 ? '1 reply' : `${replies.length} replies`}
          <small>Last {clockOf(replies.at(-1)?.ts ?? '', { nowMs: Date.now() })}</small>
        </button>
      )}
    </Frame>
  );
}

/** An action that came to nothing, where it was tried, in Slack's words. */
export function Problem({ text }: { text: string }) {
  return (
    <p className="problem" role="alert">
      {text}
    </p>
  );
}

export function NoticeMessage({ notice }: { notice: Notice }) {
  const slackbot = { id: 'USLACKBOT', name: 'Slackbot', isBot: true, stranger: false };
  return (
    <Frame author={slackbot} ts={`${notice.atMs / 1000}`} privately>
      <div className="text" role="alert">
        {notice.text}
      </div>
    </Frame>
  );
}

type FrameProps = {
  readonly author: PageUser | undefined;
  readonly ts: string;
  readonly privately: boolean;
  readonly menu?: ReactNode;
  readonly children: ReactNode;
};

function Frame({ author, ts, privately, menu, children }: FrameProps) {
  const name = author?.name ?? 'somebody';
  return (
    <article className={`message${privately ? ' private' : ''}`} data-ts={ts}>
      {privately && <p className="only-you">Only visible to you</p>}
      <span className="avatar" style={{ background: colourOf(name) }} aria-hidden="true">
        {name.charAt(0).toUpperCase()}
      </span>
      <div className="body">
        <div className="byline">
          <b>{name}</b>
          {author?.isBot && <span className="tag">APP</span>}
          {author?.stranger && <span className="tag">another workspace</span>}
          <time>{clockOf(ts, { nowMs: Date.now() })}</time>
          {menu}
        </div>
        {children}
      </div>
    </article>
  );
}

/** Always the same for a name, and dark enough for a white letter. */
function colourOf(name: string): string {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return `hsl(${hue} 45% 42%)`;
}
