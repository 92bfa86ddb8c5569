/** The frame: one band for each question. When, where, which, what happened to this one, which bytes. */
import { useEffect } from 'react';
import type { JoinedAgent } from '#core/protocol/messages.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { listenForValues } from '#src/keys/focused-value.ts';
import { pageActions } from '#src/keys/page-actions.ts';
import { FilterLine } from '#src/filter/FilterLine.tsx';
import { LatencyPane } from '#src/latency/LatencyPane.tsx';
import { PathPane } from '#src/path/PathPane.tsx';
import { DropZone } from '#src/start/DropZone.tsx';
import { StartScreen } from '#src/start/StartScreen.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import { afterFrame } from '#src/state/frame.ts';
import { isDrawn, isUnreadable } from '#src/state/readable.ts';
import type { Session } from '#src/state/session.ts';
import { Problems } from '#src/status/Problems.tsx';
import { Progress } from '#src/status/Progress.tsx';
import { StatusBar } from '#src/status/StatusBar.tsx';
import { TimelineStrip } from '#src/timeline/TimelineStrip.tsx';
import { Header } from './Header.tsx';
import { DIALOGS } from './dialogs.ts';
import { fetchForLater } from './fetch-for-later.ts';
import { later, Part } from './later.tsx';
import { LaterPane } from './LaterPane.tsx';
import { Panes } from './Panes.tsx';
import './app.css';
import './small-windows.css';
import './print.css';

const ValueMenu = later(() => import('#src/filter/ValueMenu.tsx'));
const JOINED = new Part(() => import('./JoinedAgents.tsx'));
const NO_AGENTS: readonly JoinedAgent[] = [];
const SHARE_LINE = new Part(() => import('./ShareLine.tsx'));
const COST = new Part(() => import('#src/cost/CostPane.tsx'));

export function App() {
  const session = useSession();
  const dialog = usePage((state) => state.dialog);
  const menu = usePage((state) => state.valueMenu);
  const costOpen = usePage((state) => state.link.open.includes('cost'));
  const inspecting = usePage(({ capture, newest }) => capture !== null && !isUnreadable(newest));
  // Rows come first: nobody has written anything before there is one.
  const drawn = usePage(isDrawn);
  const joined = usePage(({ newest }) =>
    newest?.state === 'live' || newest?.state === 'reconnecting' ? newest.joined : NO_AGENTS,
  );
  const isShare = usePage(({ arrived }) => (arrived?.line ?? '') !== '');
  const isLive = usePage(
    ({ capture, newest }) => capture?.origin.kind === 'live' && newest?.state === 'live',
  );
  const title = usePage((state) => state.capture?.title ?? '');
  const Dialog = dialog === 'none' ? null : DIALOGS[dialog];

  useEffect(() => {
    document.title = title === '' ? 'Whither' : `${title} · Whither`;
  }, [title]);
  // In a small window the page scrolls, and another screen begins at its top. Within the commit this would lay out the page there and then.
  useEffect(() => afterFrame(() => document.scrollingElement?.scrollTo(0, 0)), [inspecting]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => pageKeys(session, event);
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [session]);
  useEffect(() => listenForValues(session), [session]);
  useEffect(() => {
    if (!inspecting || !drawn) return undefined;
    let stop = (): void => undefined;
    let left = false;
    const start = async () => {
      const { watchNotes } = await import('#src/notes/keeper.ts');
      if (!left) stop = watchNotes(session);
    };
    // Without it notes are there as long as the page is.
    const cancel = afterFrame(() => void start().catch(() => undefined));
    return () => {
      left = true;
      cancel();
      stop();
    };
  }, [session, inspecting, drawn]);
  useEffect(() => {
    if (isLive) void fetchForLater(session);
  }, [session, isLive]);

  return (
    <div className="app">
      <Header />
      {joined.length > 0 && <LaterPane part={JOINED} props={{ agents: joined }} what="The joined agents" />}
      {isShare && <LaterPane part={SHARE_LINE} props={{}} what="What its sender wrote" />}
      <Problems />
      {inspecting ? (
        <>
          <Progress />
          <FilterLine />
          <TimelineStrip />
          <LatencyPane />
          <PathPane />
          <Panes />
          {costOpen && <LaterPane part={COST} props={{}} what="What watching costs" />}
          <StatusBar />
        </>
      ) : (
        <StartScreen />
      )}
      <DropZone />
      {Dialog !== null && <Dialog onClose={() => session.store.setState({ dialog: 'none' })} />}
      {menu !== null && (
        <ValueMenu
          key={`${menu.field} ${menu.value ?? ''} ${menu.x} ${menu.y}`}
          menu={menu}
          onClose={() => session.store.setState({ valueMenu: null })}
        />
      )}
    </div>
  );
}

function pageKeys(session: Session, event: KeyboardEvent): void {
  const { dialog, valueMenu } = session.store.getState();
  if (dialog !== 'none' || valueMenu !== null) return;
  scopedAction('page', event, pageActions(session));
}
