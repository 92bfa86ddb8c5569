/** Keys that are typed while what they are meant for is still loaded: kept, and typed into it once it is there. */
import { isCommand } from './bind.ts';

/** More than anybody types meanwhile. */
const MAX_HELD = 100;

/** Keeps every key from the page; Escape calls back at once. Returns how to end that, which types them where the focus then is. */
export function holdKeys(onEscape: () => void): () => void {
  const held: KeyboardEvent[] = [];
  const hold = (event: KeyboardEvent): void => {
    if (isCommand(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === 'Escape') onEscape();
    else if (held.length < MAX_HELD) held.push(event);
  };
  addEventListener('keydown', hold, true);
  return () => {
    removeEventListener('keydown', hold, true);
    // Behind the effects of what is there now, one of which takes the focus.
    queueMicrotask(() => held.forEach(type));
  };
}

function type({ key, shiftKey }: KeyboardEvent): void {
  const target = document.activeElement ?? document.body;
  const press = new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true });
  if (!target.dispatchEvent(press)) return;
  // What a browser does by itself only for a key that is pressed.
  if (target instanceof HTMLButtonElement && (key === 'Enter' || key === ' ')) target.click();
  else if (
    key.length === 1 &&
    (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)
  ) {
    target.setRangeText(key, target.selectionStart ?? 0, target.selectionEnd ?? 0, 'end');
    target.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
