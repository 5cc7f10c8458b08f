import type { MrkdwnElement, PlainTextElement } from '@slack/types';
import type { ReactNode } from 'react';
import { WithEmoji } from './emoji.js';
import { type Mark, parseMrkdwn } from './mrkdwn.js';
import { formatDate } from './when.js';
import { useWorld, type World } from './world.js';

/** A text object: markup only in `mrkdwn`, where bare addresses become links unless it is verbatim. */
export function Text({ of }: { of: PlainTextElement | MrkdwnElement }) {
  return of.type === 'mrkdwn' ? <Mrkdwn text={of.text} verbatim={of.verbatim ?? false} /> : <WithEmoji text={of.text} />;
}

export function Mrkdwn({ text, verbatim = false }: { text: string; verbatim?: boolean }) {
  return <Marks marks={parseMrkdwn(text, verbatim)} world={useWorld()} />;
}

function Marks({ marks, world }: { marks: readonly Mark[]; world: World }): ReactNode {
  return marks.map((mark, index) => <One key={`${index}`} mark={mark} world={world} />);
}

function One({ mark, world }: { mark: Mark; world: World }): ReactNode {
  switch (mark.kind) {
    case 'text':
      return <WithEmoji text={mark.text} />;
    case 'link':
      return <Link href={mark.href}>{mark.label}</Link>;
    case 'user':
      return <span className={`mention${mark.id === world.actor.id ? ' me' : ''}`}>@{nameOf(world, mark.id, mark.label)}</span>;
    case 'channel':
      return <span className="mention">#{channelName(world, mark.id, mark.label)}</span>;
    case 'broadcast':
      return <span className="mention me">{mark.label}</span>;
    case 'date': {
      const shown = <time title={mark.fallback}>{formatDate(mark.seconds, mark.format, { nowMs: Date.now() })}</time>;
      return mark.href ? <Link href={mark.href}>{shown}</Link> : shown;
    }
    default: {
      const Tag = TAGS[mark.kind];
      return (
        <Tag>
          <Marks marks={mark.inner} world={world} />
        </Tag>
      );
    }
  }
}

const TAGS = { bold: 'b', italic: 'i', strike: 's', code: 'code', pre: 'pre', quote: 'blockquote' } as const;

function Link({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

function nameOf({ state }: World, id: string, label?: string): string {
  return state.users.find((user) => user.id === id)?.name ?? label ?? id;
}

function channelName({ state }: World, id: string, label?: string): string {
  return state.channels.find((channel) => channel.id === id)?.name ?? label ?? id;
}
