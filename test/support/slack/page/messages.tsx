import { Fragment, useLayoutEffect, useRef } from 'react';
import type { PageMessage } from './contract.js';
import { Message, NoticeMessage } from './message.js';
import { dayOf } from './when.js';
import type { Notice } from './world.js';

type Props = {
  readonly messages: readonly PageMessage[];
  readonly notices: readonly Notice[];
  /** Absent in a thread, which has no threads in it. */
  repliesTo?(ts: string): readonly PageMessage[];
  openThread?(ts: string): void;
};

/** Oldest first. Stays at the end while the reader is there, also when a picture loads late; never moves a reader who is not. */
export function Messages({ messages, notices, repliesTo, openThread }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const follow = () => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  };
  useLayoutEffect(follow);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = list.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
  };
  const lines = [
    ...messages.map((message) => ({ at: Number(message.ts), key: message.ts + (message.ephemeralFor ?? ''), message })),
    ...notices.map((notice, index) => ({ at: notice.atMs / 1000, key: `notice-${index}`, notice })),
  ].sort((a, b) => a.at - b.at);
  let day = '';
  return (
    <div className="messages" role="log" ref={list} onScroll={onScroll} onLoad={follow}>
      {lines.map((line) => {
        const before = day;
        day = dayOf(`${line.at}`, { nowMs: Date.now() });
        return (
          <Fragment key={line.key}>
            {openThread && day !== before && <div className="day">{day}</div>}
            {'message' in line ? (
              <Message
                message={line.message}
                replies={repliesTo?.(line.message.ts) ?? []}
                {...(openThread ? { openThread: () => openThread(line.message.ts) } : {})}
              />
            ) : (
              <NoticeMessage notice={line.notice} />
            )}
          </Fragment>
        );
      })}
    </div>
  );
}
