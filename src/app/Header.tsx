/** The frame's top: what is open and how it fares, and what one can do with the whole of it. */
import { useEffect, useMemo } from 'react';
import type { Gap, SourceState } from '#workers/api.ts';
import { printCount, printRough } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { viewed } from '#src/state/viewed.ts';
import { isCut, isUnreadable } from '#src/state/readable.ts';
import { firedText, keptText } from '#src/status/kept.ts';
import { leftOutText, lossOf } from '#src/status/loss.ts';
import { applyTheme, nextTheme } from '#src/theme/theme.ts';
import type { OpenCapture } from '#src/state/store.ts';
import './header.css';

const UNREADABLE = 'Nothing of it could be read';

export function Header() {
  const session = useSession();
  const capture = usePage((state) => state.capture);
  const theme = usePage((state) => state.theme);
  const unreadable = usePage((state) => isUnreadable(state.newest));
  return (
    <header className="app-header">
      <button className="wordmark" onClick={() => session.leave()} title="To the start screen">
        whither<em>?</em>
      </button>
      {capture !== null && <SourceChip />}
      {capture !== null && <Counts />}
      {capture !== null && <Kept />}
      <span className="push" />
      {capture !== null && <PauseButton />}
      {capture?.origin.kind === 'live' && (
        <button
          className="button"
          title="What this host captures, and what it costs (r)"
          onClick={() => session.store.setState({ dialog: 'capture' })}
        >
          Capture
        </button>
      )}
      {capture !== null && (
        <button className="button" onClick={() => session.store.setState({ dialog: 'schema' })}>
          Schema
        </button>
      )}
      {capture !== null && (
        <button
          className="button"
          disabled={unreadable}
          title={unreadable ? UNREADABLE : 'A part of it, without what must not leave (u)'}
          onClick={() => session.store.setState({ dialog: 'share' })}
        >
          Share
        </button>
      )}
      {capture !== null && <Download capture={capture} />}
      {capture !== null && (
        <button
          className="button"
          aria-label="For Wireshark"
          onClick={() => session.store.setState({ dialog: 'export' })}
          disabled={unreadable}
          title={
            unreadable
              ? UNREADABLE
              : 'The capture with packet comments, and the schema as a script for Wireshark or a header for C (w)'
          }
        >
          <span className="roomy">For </span>Wireshark
        </button>
      )}
      <button
        className="button quiet"
        onClick={() => {
          const next = nextTheme(theme);
          applyTheme(next);
          session.store.setState({ theme: next });
        }}
        title="Theme: system, light or dark (t)"
        aria-label={`Theme: ${theme}`}
      >
        <ThemeSign /> <span className="roomy">{theme}</span>
      </button>
      <button
        className="button quiet icon"
        onClick={() => session.store.setState({ dialog: 'help' })}
        aria-label="Keys and signs"
        title="Keys and signs (?)"
      >
        ?
      </button>
    </header>
  );
}

const NO_GAPS: readonly Gap[] = [];

const STATE_WORDS: Readonly<Record<SourceState, string>> = {
  idle: 'opening',
  loading: 'reading',
  live: 'live',
  reconnecting: 'reconnecting',
  done: 'complete',
  cancelled: 'stopped',
  failed: 'failed',
};

function SourceChip() {
  const title = usePage((state) => state.newest?.title ?? '');
  const opened = usePage((state) => state.capture?.title ?? '');
  const state = usePage((page) => page.newest?.state ?? 'idle');
  const catchUp = usePage((page) => page.newest?.catchUp ?? null);
  const rate = usePage((page) => page.newest?.eventsPerSecond ?? 0);
  // What is captured goes on; that the agent is gone, or reading failed, is more to know.
  const paused = usePage(({ link }) => link.paused) && (state === 'live' || state === 'loading');
  const name = title === '' ? opened : title;
  return (
    <div className="chip" data-testid="source" data-state={state}>
      <i
        className={`dot dot-${state}${(state === 'live' && !paused) || state === 'reconnecting' ? ' pulse' : ''}`}
        aria-hidden="true"
      />
      <span role="status">{paused ? 'paused' : STATE_WORDS[state]}</span>
      <h1 title={name}>{name}</h1>
      {(state === 'live' || state === 'loading') && (
        <span className="mono muted rate">
          {catchUp === null ? `${printRough(rate)} events/s` : `catching up, ${Math.floor(100 * catchUp)} %`}
        </span>
      )}
    </div>
  );
}

/** What the view shows: while it is paused these stand still as the list does. What was missed is told at once. */
function Counts() {
  const events = usePage((state) => viewed(state)?.events ?? 0);
  const journeys = usePage((state) => viewed(state)?.journeys ?? 0);
  const lost = usePage((state) => state.newest?.lost ?? 0);
  const gaps = usePage((state) => state.newest?.gaps ?? NO_GAPS);
  const loss = lossOf(lost, gaps);
  const leftOut = usePage((state) => leftOutText(state.newest?.leftOut ?? 0, state.newest?.gaps ?? NO_GAPS));
  return (
    <span className="counts" data-testid="counts">
      <span>
        <b className="mono">{printCount(events)}</b> events
      </span>
      <span>
        <b className="mono">{printCount(journeys)}</b> journeys
      </span>
      <span
        className={loss.any ? 'tone-lost' : 'muted'}
        title={`Events that happened and were not captured: ${loss.text}`}
      >
        <b className="mono">{loss.count}</b> missed
      </span>
      {leftOut !== null && (
        <span className="left-out" title="Events that the capture was asked not to keep: not missed">
          {leftOut}
        </span>
      )}
    </span>
  );
}

/** A filtered capture is never mistaken for everything. */
function Kept() {
  const kept = usePage((state) => keptText(state.newest?.filter ?? null));
  const fired = usePage((state) => firedText(state.newest?.fired ?? null));
  if (kept === null) return null;
  return (
    <span className="kept" data-testid="kept" title={`The capture holds only: ${kept}${fired}`}>
      <span aria-hidden="true">▽</span> capture holds only: <b>{kept}</b>
      {fired}
    </span>
  );
}

function PauseButton() {
  const session = useSession();
  const paused = usePage((state) => state.link.paused);
  const state = usePage((page) => page.newest?.state ?? 'idle');
  const waiting = usePage((page) =>
    page.link.paused ? Math.max(0, (page.newest?.events ?? 0) - (page.shown?.events ?? 0)) : 0,
  );
  // Of an agent that is gone nothing comes that a paused view would be spared.
  const gone = usePage(
    (page) => page.newest?.problems.some(({ code }) => code === 'live-agent-gone') ?? false,
  );
  const grows = state === 'live' || state === 'loading' || (state === 'reconnecting' && !gone);
  if (!paused && !grows) return null;
  return (
    <button
      className="button"
      aria-pressed={paused}
      onClick={() => session.setPaused(!paused)}
      title="Pausing freezes the view, not the capture (p)"
    >
      {paused ? 'Resume view' : 'Pause view'}
      {waiting > 0 && <span className="badge mono">+{printRough(waiting)}</span>}
    </button>
  );
}

function Download({ capture }: { readonly capture: OpenCapture }) {
  const session = useSession();
  const { origin } = capture;
  const file = origin.kind === 'file' ? origin.file : null;
  const fileUrl = useMemo(() => (file === null ? '' : URL.createObjectURL(file)), [file]);
  useEffect(() => (fileUrl === '' ? undefined : () => URL.revokeObjectURL(fileUrl)), [fileUrl]);
  const cut = usePage((page) => isCut(page.newest));
  const unreadable = usePage((page) => isUnreadable(page.newest));
  const target = unreadable ? null : downloadOf(capture, fileUrl, cut);
  if (target !== null && target.href !== null) {
    return (
      <a className="button" href={target.href} download={target.name} title="Download the capture as pcapng">
        Download
      </a>
    );
  }
  return (
    <button
      className="button"
      disabled={target === null}
      title={
        target === null
          ? UNREADABLE
          : `Download ${cut ? 'what this page holds of the capture, for the agent does not answer' : 'the capture as pcapng'}`
      }
      onClick={() =>
        void import('#src/share/held.ts').then(({ downloadHeld }) =>
          downloadHeld(session, target?.name ?? ''),
        )
      }
    >
      Download
    </button>
  );
}

/** Live: the agent's spool; a file: itself; a URL or sample: where it came from; no address: what the worker holds. */
function downloadOf(
  { origin, title }: OpenCapture,
  fileUrl: string,
  cut: boolean,
): { readonly href: string | null; readonly name: string } {
  switch (origin.kind) {
    case 'live':
      return {
        href: cut ? null : new URL('spool.pcapng', document.baseURI).href,
        name: 'whither.pcapng',
      };
    case 'file':
      return { href: fileUrl, name: origin.file.name };
    case 'packed':
    case 'together':
      return { href: null, name: title };
    case 'url':
      return { href: origin.url, name: /\.p?cap(ng)?(\.\w+)?$/i.test(title) ? title : `${title}.pcapng` };
    case 'sample':
      return {
        href: new URL(`samples/${origin.id}.pcapng`, document.baseURI).href,
        name: `${origin.id}.pcapng`,
      };
  }
}

function ThemeSign() {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M7 1.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
    </svg>
  );
}
