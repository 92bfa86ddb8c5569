/** Everything the page knows, in one store. Who may change it: session.ts (and, for dialogs, the header and keys). */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Offer } from '#src/embed/offer.ts';
import type { Problem } from '#core/pcapng/types.ts';
import type {
  ArrivedShare,
  CaptureNote,
  EventBytes,
  Hop,
  JourneyDetail,
  JourneyRows,
  PackedCapture,
  Update,
} from '#workers/api.ts';
import { savedTheme, type Theme } from '#src/theme/theme.ts';
import { EMPTY_LINK, type JourneyId, type LinkState, type PartRef, type SourceRef } from './link-state.ts';

/** A file cannot be named in a link: its bytes are gone after a reload. Nor can what came inside of the page or the link. */
export type PartOrigin = PartRef | { readonly kind: 'file'; readonly file: File } | PackedCapture;
export type Origin =
  | PartOrigin
  | SourceRef
  | { readonly kind: 'together'; readonly parts: readonly PartOrigin[] };

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

export type Dialog =
  | 'none'
  | 'help'
  | 'schema'
  | 'export'
  | 'capture'
  | 'palette'
  | 'columns'
  | 'common'
  | 'compare'
  | 'note'
  | 'guide'
  | 'offer'
  | 'report'
  | 'share';

/** A journey that a person wants to find again, whatever the filter. */
export interface Mark extends Selection {
  /** That the id is unique in; '' = it is not known yet, or the capture names none. */
  readonly run: string;
  /** '' = none. */
  readonly note: string;
}
export { MAX_NOTE_CHARS } from '#core/notes/limits.ts';

/** The menu of a value on screen: what can be asked of the capture with it. */
export interface ValueMenu {
  /** Name in the filter language. */
  readonly field: string;
  /** As shown; null = of the field alone. */
  readonly value: string | null;
  /** What is asked for, where that is more than one value of a field: a band of the path, a time. */
  readonly expression?: string;
  /** Where it is opened, px in the window. */
  readonly x: number;
  readonly y: number;
}

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
  /** The rows of the list on paper, while the page prints them (src/list/print-list.ts). */
  readonly printed: JourneyRows | null;
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
  /** Of another page, for the dialog that asks whether it is to be shown. */
  readonly offer: Offer | null;
  readonly valueMenu: ValueMenu | null;
  /** A file is held over the page. */
  readonly fileOver: boolean;
  /** A filter that is written in the line and not in force until a person says so; null = none. */
  readonly prepared: string | null;
  /** Counts how often what was being written as a filter came to nothing: cleared, another link, another capture. */
  readonly filterDropped: number;
  /** What the filter is was typed, letter by letter: no step of the history for each. */
  readonly typing: boolean;
  readonly marks: readonly Mark[];
  /** Notes on what is no journey. */
  readonly pins: readonly CaptureNote[];
  /** Notes as typed and not kept, by what they are on; they outlive their dialog, not their capture. */
  readonly noteDrafts: Readonly<Record<string, string>>;
  /** Markdown, '' = none. */
  readonly report: string;
  /** The report as the page drafted it: nobody has written it while it is the same. '' = none. */
  readonly drafted: string;
  /** Marks, notes and report are in this browser's storage, or that refuses them; null: not tried. */
  readonly notesKept: 'kept' | 'refused' | null;
  /** What came with a capture that is a share. */
  readonly arrived: ArrivedShare | null;
  /** What "in common" asks about: an expression, '' = the list as filtered. */
  readonly commonOf: string;
  /** What the palette begins with. */
  readonly paletteText: string;
  /** The schema's text as edited; it outlives its dialog, not its capture. null: not edited. */
  readonly schemaDraft: string | null;
  /** Dropped on the page, for the schema dialog; null once it has taken it. */
  readonly schemaFile: { readonly kind: 'schema' | 'types'; readonly file: File } | null;
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
    printed: null,
    follow: true,
    selection: null,
    detail: null,
    at: 0,
    bytes: null,
    unread: null,
    dead: null,
    problems: [],
    dialog: 'none',
    offer: null,
    valueMenu: null,
    fileOver: false,
    prepared: null,
    filterDropped: 0,
    typing: false,
    marks: [],
    pins: [],
    noteDrafts: {},
    report: '',
    drafted: '',
    notesKept: null,
    arrived: null,
    commonOf: '',
    paletteText: '',
    schemaDraft: null,
    schemaFile: null,
    theme: savedTheme(),
    host: undefined,
  }));
}
