/** Dialogs that are loaded when they are first opened: the first load of the page is without them. */
import { lazy, Suspense, type ComponentType } from 'react';

interface DialogProps {
  readonly onClose: () => void;
}

const HelpDialog = lazy(async () => ({ default: (await import('#src/keys/HelpDialog.tsx')).HelpDialog }));
const SchemaDialog = lazy(async () => ({
  default: (await import('#src/schema/SchemaDialog.tsx')).SchemaDialog,
}));
const ExportDialog = lazy(async () => ({
  default: (await import('#src/schema/ExportDialog.tsx')).ExportDialog,
}));

const DIALOGS = {
  help: HelpDialog,
  schema: SchemaDialog,
  export: ExportDialog,
  palette: lazy(() => import('#src/palette/Palette.tsx')),
  columns: lazy(() => import('#src/list/ColumnsDialog.tsx')),
  common: lazy(() => import('#src/groups/CommonDialog.tsx')),
  note: lazy(() => import('#src/list/NoteDialog.tsx')),
} as const satisfies Record<string, ComponentType<DialogProps>>;

export function LaterDialog({ which, onClose }: DialogProps & { readonly which: keyof typeof DIALOGS }) {
  const Chosen = DIALOGS[which];
  return (
    <Suspense fallback={null}>
      <Chosen onClose={onClose} />
    </Suspense>
  );
}
