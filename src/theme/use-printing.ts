/** Whether the page is being printed: what is drawn by hand is drawn anew then, as light, and as wide as a sheet. */
import { useSyncExternalStore } from 'react';

let printing = false;
const changed = new Set<() => void>();

/** A canvas reads its colours before the browser has turned to those of paper: the theme is light for that long. */
function watch(): void {
  const root = document.documentElement;
  let theme: string | undefined;
  const become = (now: boolean) => {
    if (printing === now) return;
    printing = now;
    if (now) {
      theme = root.dataset['theme'];
      root.dataset['theme'] = 'light';
    } else if (theme === undefined) delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    for (const call of changed) call();
  };
  addEventListener('beforeprint', () => become(true));
  addEventListener('afterprint', () => become(false));
}
let watched = false;

function subscribe(onChange: () => void): () => void {
  if (!watched) watch();
  watched = true;
  changed.add(onChange);
  return () => void changed.delete(onChange);
}

export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}
