import { Composer } from './composer.js';
import type { PageChannel } from './contract.js';
import { isReply, seenBy } from './conversation.js';
import { Messages } from './messages.js';
import { useWorld } from './world.js';

type Props = { readonly channel: PageChannel; readonly ts: string; close(): void };

export function Thread({ channel, ts, close }: Props) {
  const { state, actor, notices } = useWorld();
  const here = seenBy(actor.id, channel.id, state.messages);
  const root = here.find((message) => message.ts === ts);
  const replies = here.filter((message) => message.threadTs === ts && isReply(message));
  return (
    <aside className="pane thread" aria-label="Thread">
      <header>
        <h2>Thread</h2>
        <small># {channel.name}</small>
        <button type="button" className="close" aria-label="Close the thread" onClick={close}>
          ×
        </button>
      </header>
      <Messages
        messages={root ? [root, ...replies] : replies}
        notices={notices.filter((notice) => notice.channel === channel.id && notice.threadTs === ts)}
      />
      <Composer channel={channel} threadTs={ts} />
    </aside>
  );
}
