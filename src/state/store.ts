/** Everything the page knows, in one store. Who may change it: session.ts (and, for dialogs, the header and keys). */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Problem } from '#core/pcapng/types.ts';
import type { EventBytes, Hop, JourneyDetail, Update } from '#workers/api.ts';
import { savedTheme, type Theme } from '#src/theme/theme.ts';
import { EMPTY_LINK, type JourneyId, type LinkState, type SourceRef } from './link.ts';

/** A file cannot be named in a link: its bytes are gone after a reload. */
export type Origin = SourceRef | { readonly kind: 'file'; readonly file: File };

export interface OpenCapture {
  readonly origin: Origin;
  readonly title: string;
}

export interface Selection {
  /** Number in this capture: the key for the worker. */
  readonly journey: number;
  readonly id: JourneyId;
}

/** What `GET /api/host` says when an agent served the page; null: it did not, so there is no live source. */
export interface HostInfo {
  readonly live: boolean;
  readonly text: string;
  readonly host: string;
}

export interface Unread {
  readonly what: 'journey' | 'bytes';
  readonly cause: string;
  readonly remedy: string;
}

export type Dialog = 'none' | 'help' | 'schema' | 'capture';

export interface PageState {
  readonly link: LinkState;
  readonly capture: OpenCapture | null;
  /** The newest the worker said, and what the page shows: they differ while the view is paused. */
  readonly newest: Update | null;
  readonly shown: Update | null;
  /**
   * `shown` a few times a second: for what is redrawn whole (path, timeline, their tables), in frames of its own.
   * Never older than CALM_MS, and the same as `shown` when that no longer changes.
   */
  readonly calm: Update | null;
  /** The hops of `newest` for their names: another list only when there is another hop, so its counts are old. */
  readonly places: readonly Hop[];
  /** The list sticks to its newest row. */
  readonly follow: boolean;
  readonly selection: Selection | null;
  readonly detail: JourneyDetail | null;
  /** Position of the chosen event in `detail.hops`. */
  readonly at: number;
  readonly bytes: EventBytes | null;
  /** The journey or the bytes that were chosen could not be read; null: they could, or nothing is chosen. */
  readonly unread: Unread | null;
  /** The worker died of this; null while it lives. */
  readonly dead: string | null;
  /** Problems of the page itself; those of the capture are in `newest.problems`. */
  readonly problems: readonly Problem[];
  readonly dialog: Dialog;
  /** The schema's text as edited and not applied; it outlives its dialog, not its capture. null: not edited. */
  readonly schemaDraft: string | null;
  /** The cost is shown, and so counted. */
  readonly costOpen: boolean;
  /** The times between two hops are shown. */
  readonly latencyOpen: boolean;
  /** The table of losses is open. */
  readonly lossOpen: boolean;
  readonly theme: Theme;
  /** undefined: not asked yet. */
  readonly host: HostInfo | null | undefined;
}

export type PageStore = StoreApi<PageState>;

export function createPageStore(link: LinkState = EMPTY_LINK): PageStore {
  return createStore<PageState>(() => ({
    link,
    capture: null,
    newest: null,
    shown: null,
    calm: null,
    places: [],
    follow: true,
    selection: null,
    detail: null,
    at: 0,
    bytes: null,
    unread: null,
    dead: null,
    problems: [],
    dialog: 'none',
    schemaDraft: null,
    costOpen: false,
    latencyOpen: false,
    lossOpen: false,
    theme: savedTheme(),
    host: undefined,
  }));
}
