/**
 * Values on screen, for the menu that filters by them: any element with `data-field` (name in the filter language) and
 * `data-value` (as shown) has it, by a right click, the menu key, and `a` while it, or what is around it, has the focus.
 * What draws many of them answers `contextmenu` itself and has `data-menu`: `a` asks it as the menu key does.
 */
import type { Session } from '#src/state/session.ts';

export interface ValueProps {
  readonly 'data-field': string;
  readonly 'data-value'?: string;
}

/** What makes an element a value. `value` null: the field alone. */
export function valueProps(field: string, value: string | null): ValueProps | undefined {
  if (value === '') return undefined;
  return value === null ? { 'data-field': field } : { 'data-field': field, 'data-value': value };
}

export function openMenuOf(session: Session, element: Element, x: number, y: number): void {
  const field = element.getAttribute('data-field');
  if (field === null) return;
  session.store.setState({ valueMenu: { field, value: element.getAttribute('data-value'), x, y } });
}

/** The value that has the focus, is around it, or is the first in it. */
export function openMenuAtFocus(session: Session): void {
  const focused = document.activeElement;
  if (focused?.closest('[data-menu]') != null) {
    const { left, bottom } = focused.getBoundingClientRect();
    const at = { clientX: left, clientY: bottom };
    focused.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at }));
    return;
  }
  const element = focused?.closest('[data-field]') ?? focused?.querySelector('[data-field]');
  if (element === null || element === undefined) return;
  const { left, bottom } = element.getBoundingClientRect();
  openMenuOf(session, element, left, bottom);
}

/** A right click on a value opens its menu; beside one it is the browser's, and so it is with Shift. Returns how to stop. */
export function listenForValues(session: Session): () => void {
  const onContextMenu = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.shiftKey || !(event.target instanceof Element)) return;
    const element = event.target.closest('[data-field]');
    if (element === null) return;
    event.preventDefault();
    const { left, bottom } = element.getBoundingClientRect();
    // The menu key tells no place.
    const isPointer = event.clientX !== 0 || event.clientY !== 0;
    openMenuOf(session, element, isPointer ? event.clientX : left, isPointer ? event.clientY : bottom);
  };
  document.addEventListener('contextmenu', onContextMenu);
  return () => document.removeEventListener('contextmenu', onContextMenu);
}
