/** Which colours are in force, for what is drawn by hand and must be drawn again. */
import { useSyncExternalStore } from 'react';
import { usePage } from '#src/state/context.ts';

function subscribe(onChange: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(forced-colors: active)');
  dark.addEventListener('change', onChange);
  contrast.addEventListener('change', onChange);
  return () => {
    dark.removeEventListener('change', onChange);
    contrast.removeEventListener('change', onChange);
  };
}

/** A text that is another one whenever colours may be. */
export function useScheme(): string {
  const theme = usePage((state) => state.theme);
  const system = useSyncExternalStore(subscribe, () =>
    [matchMedia('(prefers-color-scheme: dark)'), matchMedia('(forced-colors: active)')]
      .map(({ matches }) => (matches ? '1' : '0'))
      .join(''),
  );
  return `${theme} ${system}`;
}
