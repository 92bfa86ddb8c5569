/** The frame: one band for each question. When, where, which, what happened to this one, which bytes. */
import { useEffect } from 'react';
import { CostPane } from '#src/cost/CostPane.tsx';
import { scopedAction } from '#src/keys/bind.ts';
import { HelpDialog } from '#src/keys/HelpDialog.tsx';
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
import { applyTheme, nextTheme } from '#src/theme/theme.ts';
import { TimelineStrip } from '#src/timeline/TimelineStrip.tsx';
import { Header } from './Header.tsx';
import { Later } from './Later.tsx';
import { Modal } from './Modal.tsx';
import { LaterDialog } from './LaterDialog.tsx';
import { Panes } from './Panes.tsx';
import './app.css';

const loadCaptureDialog = () => import('#src/capture-controls/CaptureDialog.tsx');

export function App() {
  const session = useSession();
  const dialog = usePage((state) => state.dialog);
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
          <CostPane />
          <StatusBar />
        </>
      ) : (
        <StartScreen />
      )}
      <DropZone />
      {dialog === 'help' && <HelpDialog onClose={close} />}
      {(dialog === 'schema' || dialog === 'export') && <LaterDialog which={dialog} onClose={close} />}
      {dialog === 'capture' && (
        <Modal title="What is captured" onClose={close}>
          <Later load={loadCaptureDialog} what="The controls of the capture" />
        </Modal>
      )}
    </div>
  );
}

function focusPane(name: string): void {
  document
    .querySelector<HTMLElement>(`[data-pane="${name}"] :is([tabindex="0"], svg [tabindex="0"])`)
    ?.focus();
}

function pageKeys(session: Session, event: KeyboardEvent): void {
  const { store } = session;
  const { link, theme, follow, dialog, capture } = store.getState();
  if (dialog !== 'none') return;
  scopedAction('page', event, {
    help: () => store.setState({ dialog: 'help' }),
    theme: () => {
      const next = nextTheme(theme);
      applyTheme(next);
      store.setState({ theme: next });
    },
    ...(capture === null
      ? {}
      : {
          pause: () => session.setPaused(!link.paused),
          follow: () => session.setFollow(!follow),
          'next-journey': () => session.journey.walk(1),
          'previous-journey': () => session.journey.walk(-1),
          'next-hop': () => session.journey.walkHops(1),
          'previous-hop': () => session.journey.walkHops(-1),
          'pane-path': () => focusPane('path'),
          'pane-list': () => focusPane('list'),
          'pane-journey': () => focusPane('journey'),
          'pane-bytes': () => focusPane('bytes'),
          'pane-timeline': () => focusPane('timeline'),
          filter: () => document.querySelector<HTMLElement>('[data-filter-field]')?.focus(),
          'filter-metadata': () => session.filter.set({ metadata: link.metadata === 'with' ? null : 'with' }),
          cost: () => store.setState({ costOpen: !store.getState().costOpen }),
          latency: () => store.setState({ latencyOpen: !store.getState().latencyOpen }),
          losses: () => store.setState({ lossOpen: !store.getState().lossOpen }),
          'filter-lost': () => session.filter.set({ harm: link.harm === 'lost' ? null : 'lost' }),
          clear: () => session.filter.clear(),
          schema: () => store.setState({ dialog: 'schema' }),
          ...(capture.origin.kind === 'live' && { capture: () => store.setState({ dialog: 'capture' }) }),
          export: () => store.setState({ dialog: 'export' }),
        }),
  });
}
