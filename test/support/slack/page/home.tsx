import { useEffect, useRef } from 'react';
import { Blocks } from './blocks.js';
import type { PageView } from './contract.js';
import { Problem } from './message.js';
import { SidebarButton } from './sidebar.js';
import { useView } from './view.js';
import { useWorld } from './world.js';

/** The app's home tab, as the app published it for this person; that it was opened is told to the app. */
export function Home({ openSidebar }: { openSidebar: () => void }) {
  const { state, actor, perform } = useWorld();
  const opened = useRef(false);
  useEffect(() => {
    if (!opened.current) void perform('home', {});
    opened.current = true;
  });
  const view = state.views.find(({ type, forUser }) => type === 'home' && forUser === actor.id);
  const app = state.users.find((user) => user.id === state.botUserId);
  return (
    <main className="pane conversation">
      <header>
        <SidebarButton open={openSidebar} />
        <h2>{app?.name ?? 'app'}</h2>
        <small>Home</small>
        <small className="who">as {actor.name}</small>
      </header>
      <div className="messages home">{view ? <Published view={view} /> : <p className="waiting">Nothing here yet.</p>}</div>
    </main>
  );
}

function Published({ view }: { view: PageView }) {
  const { problem, around } = useView(view);
  return (
    <>
      {around(<Blocks blocks={view.blocks} />)}
      {problem && <Problem text={problem} />}
    </>
  );
}
