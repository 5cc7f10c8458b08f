import { useEffect, useState } from 'react';
import { followState, post } from './api.js';
import type { PageState } from './contract.js';
import { Conversation } from './conversation.js';
import { Home } from './home.js';
import { Modal } from './modal.js';
import { actorOf, channelOf, usePlace } from './place.js';
import { Sidebar } from './sidebar.js';
import { Thread } from './thread.js';
import { type Notice, type World, WorldContext } from './world.js';

export function App() {
  const [state, setState] = useState<PageState | null>(null);
  const [lost, setLost] = useState(false);
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const [place, go] = usePlace();
  const [sidebarOpen, setSidebarOpen] = useState(false);
  useEffect(() => {
    const onState = (next: PageState) => {
      setState(next);
      setLost(false);
    };
    return followState(onState, () => setLost(true));
  }, []);

  const actor = state && actorOf(state, place);
  if (!state || !actor) return <p className="waiting">{lost ? 'The workspace does not answer.' : 'Opening the workspace …'}</p>;
  const channel = channelOf(state, place);
  const world: World = {
    state,
    actor,
    notices: notices.filter((notice) => notice.user === actor.id),
    perform: (name, action) => post(name, { ...action, user: actor.id } as Parameters<typeof post<typeof name>>[1]),
    notify: (notice) => setNotices((before) => [...before, { ...notice, user: actor.id, atMs: Date.now() }]),
  };
  const openSidebar = () => setSidebarOpen(true);
  return (
    <WorldContext value={world}>
      <div className={`workspace${sidebarOpen ? ' sidebar-open' : ''}${channel && place.thread ? ' thread-open' : ''}`}>
        <Sidebar
          channel={channel}
          close={() => setSidebarOpen(false)}
          open={(id) => go({ channel: id, thread: undefined })}
          actAs={(id) => go({ as: id })}
        />
        {channel ? (
          // A key per channel and person: nothing half typed is said by another, or somewhere else.
          <Conversation
            key={`${channel.id} ${actor.id}`}
            channel={channel}
            openSidebar={openSidebar}
            openThread={(thread) => go({ thread })}
          />
        ) : (
          <Home key={actor.id} openSidebar={openSidebar} />
        )}
        {channel && place.thread && (
          <Thread
            key={`${channel.id} ${actor.id} ${place.thread}`}
            channel={channel}
            ts={place.thread}
            close={() => go({ thread: undefined })}
          />
        )}
        {state.views
          .filter((view) => view.type === 'modal' && view.forUser === actor.id)
          .map((view) => (
            <Modal key={view.id} view={view} />
          ))}
        {lost && <p className="lost">The workspace does not answer. What you see may be old.</p>}
      </div>
    </WorldContext>
  );
}
