/** Light, dark or as the system says. The choice is kept in localStorage; the colours are in tokens.css. */

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'whither.theme';

/** Storage may be forbidden (private windows, some embeds): the page then simply forgets. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

export function savedTheme(): Theme {
  const saved = storage()?.getItem(STORAGE_KEY);
  return THEMES.find((theme) => theme === saved) ?? 'system';
}

export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') {
    delete root.dataset['theme'];
    storage()?.removeItem(STORAGE_KEY);
  } else {
    root.dataset['theme'] = theme;
    storage()?.setItem(STORAGE_KEY, theme);
  }
}
