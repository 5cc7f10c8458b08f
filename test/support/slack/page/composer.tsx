import { type KeyboardEvent, useState } from 'react';
import type { PageChannel } from './contract.js';
import { useWorld } from './world.js';

/** A line to type into: Enter sends, Shift+Enter breaks the line, the arrow up brings back what was sent last. */
export function Composer({ channel, threadTs }: { channel: PageChannel; threadTs?: string }) {
  const { perform, notify } = useWorld();
  const [text, setText] = useState('');
  const [last, setLast] = useState('');
  if (channel.isArchived) return <p className="composer-closed">This channel is archived: nobody can write here.</p>;
  const place = { channel: channel.id, ...(threadTs ? { threadTs } : {}) };
  const send = async () => {
    if (text.trim() === '') return;
    setLast(text);
    setText('');
    const answer = await perform('say', { ...place, text: text.trim() });
    if (!answer.ok) notify({ ...place, text: answer.error });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp' && text === '') setText(last);
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  const prompt = threadTs ? 'Reply…' : `Message #${channel.name}`;
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        rows={1}
        aria-label={prompt}
        placeholder={prompt}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="send" aria-label="Send" disabled={text.trim() === ''}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="M1.5 2l13 6-13 6 2-6z" fill="currentColor" />
        </svg>
      </button>
    </form>
  );
}
