/** Which colours are in force, for what is drawn by hand and must be drawn again. */
import { useSyncExternalStore } from 'react';
import { usePage } from '#src/state/context.ts';
import { usePrinting } from './use-printing.ts';

const ASKED = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'];

function subscribe(onChange: () => void): () => void {
  const queries = ASKED.map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener('change', onChange);
  return () => {
    for (const query of queries) query.removeEventListener('change', onChange);
  };
}

/** A text that is another one whenever colours may be. */
export function useScheme(): string {
  const theme = usePage((state) => state.theme);
  const system = useSyncExternalStore(subscribe, () =>
    ASKED.map((query) => (matchMedia(query).matches ? '1' : '0')).join(''),
  );
  return `${usePrinting() ? 'light' : theme} ${system}`;
}
