/** All dialogs of the page, each loaded when it is first opened: the first load is without them. */
import type { Dialog } from '#src/state/store.ts';
import { later, type Closable } from './later.tsx';
import type { ComponentType } from 'react';

export const DIALOGS = {
  help: later(() => import('#src/keys/HelpDialog.tsx')),
  schema: later(() => import('#src/schema/SchemaDialog.tsx')),
  export: later(() => import('#src/schema/ExportDialog.tsx')),
  capture: later(() => import('#src/capture-controls/CaptureDialog.tsx')),
  palette: later(() => import('#src/palette/Palette.tsx')),
  columns: later(() => import('#src/list/ColumnsDialog.tsx')),
  common: later(() => import('#src/groups/CommonDialog.tsx')),
  compare: later(() => import('#src/compare/CompareDialog.tsx')),
  offer: later(() => import('#src/embed/OfferDialog.tsx')),
  guide: later(() => import('#src/guide/Guide.tsx')),
  report: later(() => import('#src/notes/ReportDialog.tsx')),
  share: later(() => import('#src/share/ShareDialog.tsx')),
  note: later(() => import('#src/notes/NoteDialog.tsx')),
} as const satisfies Record<Exclude<Dialog, 'none'>, ComponentType<Closable>>;
