/** The frame: one band for each question. When, where, which, what happened to this one, which bytes. */
import { lazy, Suspense, useEffect } from 'react';
import { scopedAction } from '#src/keys/bind.ts';
import { listenForValues } from '#src/keys/focused-value.ts';
import { pageActions } from '#src/keys/page-actions.ts';
import { AreaPane } from '#src/lint/AreaPane.tsx';
import { FilterLine } from '#src/filter/FilterLine.tsx';
import { LatencyPane } from '#src/latency/LatencyPane.tsx';
import { LossPane } from '#src/loss/LossPane.tsx';
import { PathPane } from '#src/path/PathPane.tsx';
import { DropZone } from '#src/start/DropZone.tsx';
import { StartScreen } from '#src/start/StartScreen.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import type { Session } from '#src/state/session.ts';
import { Problems } from '#src/status/Problems.tsx';
import { Progress } from '#src/status/Progress.tsx';
import { StatusBar } from '#src/status/StatusBar.tsx';
import { TimelineStrip } from '#src/timeline/TimelineStrip.tsx';
import { Header } from './Header.tsx';
import { Later } from './Later.tsx';
import { Modal } from './Modal.tsx';
import { LaterDialog } from './LaterDialog.tsx';
import { Panes } from './Panes.tsx';
import './app.css';

/** Loaded when it is opened. */
const ValueMenu = lazy(() => import('#src/filter/ValueMenu.tsx'));
const CostPane = lazy(async () => ({ default: (await import('#src/cost/CostPane.tsx')).CostPane }));
const loadCaptureDialog = () => import('#src/capture-controls/CaptureDialog.tsx');

export function App() {
  const session = useSession();
  const dialog = usePage((state) => state.dialog);
  const menu = usePage((state) => state.valueMenu);
  const costOpen = usePage((state) => state.costOpen);
  const inspecting = usePage(
    (state) => state.capture !== null && !(state.newest?.state === 'failed' && state.newest.events === 0),
  );
  const title = usePage((state) => state.capture?.title ?? '');
  const close = () => session.store.setState({ dialog: 'none' });

  useEffect(() => {
    document.title = title === '' ? 'Whither' : `${title} · Whither`;
  }, [title]);
  // In a small window the page scrolls, and another screen begins at its top.
  useEffect(() => {
    document.scrollingElement?.scrollTo(0, 0);
  }, [inspecting]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => pageKeys(session, event);
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [session]);
  useEffect(() => listenForValues(session), [session]);

  return (
    <div className="app">
      <Header />
      <Problems />
      {inspecting ? (
        <>
          <Progress />
          <FilterLine />
          <TimelineStrip />
          <LatencyPane />
          <PathPane />
          <LossPane />
          <AreaPane />
          <Panes />
          {costOpen && (
            <Suspense>
              <CostPane />
            </Suspense>
          )}
          <StatusBar />
        </>
      ) : (
        <StartScreen />
      )}
      <DropZone />
      {dialog === 'capture' && (
        <Modal title="What is captured" onClose={close}>
          <Later load={loadCaptureDialog} what="The controls of the capture" />
        </Modal>
      )}
      {dialog !== 'none' && dialog !== 'capture' && <LaterDialog which={dialog} onClose={close} />}
      {menu !== null && (
        <Suspense>
          <ValueMenu key={`${menu.field} ${menu.value ?? ''} ${menu.x} ${menu.y}`} menu={menu} />
        </Suspense>
      )}
    </div>
  );
}

function pageKeys(session: Session, event: KeyboardEvent): void {
  const { dialog, valueMenu } = session.store.getState();
  if (dialog !== 'none' || valueMenu !== null) return;
  scopedAction('page', event, pageActions(session));
}
