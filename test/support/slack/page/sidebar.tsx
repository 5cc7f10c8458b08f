import type { PageChannel } from './contract.js';
import { HOME } from './place.js';
import { useWorld } from './world.js';

type Props = {
  /** Undefined: the app's home. */
  readonly channel: PageChannel | undefined;
  open(channel: string): void;
  actAs(user: string): void;
  /** On a phone it lies over the messages. */
  close(): void;
};

export function Sidebar({ channel, open, actAs, close }: Props) {
  const { state, actor } = useWorld();
  const app = state.users.find((user) => user.id === state.botUserId);
  const goTo = (id: string) => {
    open(id);
    close();
  };
  return (
    <>
      <nav className="sidebar" aria-label="Workspace">
        <h1>{state.team.name}</h1>
        <label className="act-as">
          Act as
          <select value={actor.id} onChange={(event) => actAs(event.target.value)}>
            {state.users
              .filter((user) => !user.isBot)
              .map((user) => (
                <option key={user.id} value={user.id}>
                  {user.stranger ? `${user.name} (another workspace)` : user.name}
                </option>
              ))}
          </select>
        </label>
        <h2>Channels</h2>
        {state.channels.map((each) => (
          <button
            key={each.id}
            type="button"
            aria-current={each.id === channel?.id ? 'page' : undefined}
            onClick={() => goTo(each.id)}
          >
            <span className="sign">{each.isPrivate ? <Lock /> : '#'}</span>
            <span className="name">{each.name}</span>
            <Remarks channel={each} />
          </button>
        ))}
        <h2>Apps</h2>
        <button type="button" aria-current={channel ? undefined : 'page'} onClick={() => goTo(HOME)}>
          <span className="sign app-sign" />
          <span className="name">{app?.name ?? 'app'}</span>
          <small>home</small>
        </button>
      </nav>
      <button type="button" className="curtain" aria-label="Close the channel list" onClick={close} />
    </>
  );
}

/** What matters to a bot: where it cannot speak. */
export function Remarks({ channel }: { channel: PageChannel }) {
  const remarks = [channel.isArchived ? 'archived' : '', channel.botIsMember ? '' : 'bot is not a member'].filter(Boolean);
  return remarks.length > 0 && <small>{remarks.join(', ')}</small>;
}

export function Lock() {
  return (
    <svg viewBox="0 0 12 14" width="11" height="13" role="img" aria-label="private">
      <rect x="1" y="6" width="10" height="7" rx="1.5" fill="currentColor" />
      <path d="M3.4 6V4a2.6 2.6 0 015.2 0v2" fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}

/** The bar of a phone: opens the sidebar. Hidden where there is room for it. */
export function SidebarButton({ open }: { open: () => void }) {
  return (
    <button type="button" className="open-sidebar" aria-label="Channels" onClick={open}>
      <svg viewBox="0 0 18 14" width="18" height="14" aria-hidden="true">
        <path d="M1 2h16M1 7h16M1 12h16" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
      </svg>
    </button>
  );
}
