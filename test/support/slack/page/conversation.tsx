import { Composer } from './composer.js';
import type { PageChannel, PageMessage } from './contract.js';
import { Messages } from './messages.js';
import { Lock, Remarks, SidebarButton } from './sidebar.js';
import { useWorld } from './world.js';

type Props = { readonly channel: PageChannel; openSidebar(): void; openThread(ts: string): void };

/** One channel: its messages, without the replies in threads, and a line to type into. */
export function Conversation({ channel, openSidebar, openThread }: Props) {
  const { state, actor, notices } = useWorld();
  const here = seenBy(actor.id, channel.id, state.messages);
  return (
    <main className="pane conversation">
      <header>
        <SidebarButton open={openSidebar} />
        <h2>
          {channel.isPrivate ? <Lock /> : '#'} {channel.name}
        </h2>
        <Remarks channel={channel} />
        <small className="who">as {actor.name}</small>
      </header>
      <Messages
        messages={here.filter((message) => !isReply(message))}
        notices={notices.filter((notice) => notice.channel === channel.id && !notice.threadTs)}
        repliesTo={(ts) => here.filter((message) => message.threadTs === ts && isReply(message) && !message.ephemeralFor)}
        openThread={openThread}
      />
      <Composer channel={channel} />
    </main>
  );
}

/** An ephemeral message is there for one person only. */
export function seenBy(userId: string, channelId: string, messages: readonly PageMessage[]): PageMessage[] {
  return messages.filter(
    ({ channel, ephemeralFor }) => channel === channelId && (ephemeralFor === undefined || ephemeralFor === userId),
  );
}

/** The root of a thread may carry its own timestamp as `threadTs`. */
export function isReply({ ts, threadTs }: PageMessage): boolean {
  return threadTs !== undefined && threadTs !== ts;
}
