/** From a key press to what it means, by the table. Unknown keys stay the browser's. */
import { KEY_TABLE, type KeyId, type Scope } from './table.ts';

export type Handlers = Readonly<Partial<Record<KeyId, () => void>>>;

/** What a handler is given by React and by the DOM alike. */
export interface KeyPress {
  readonly key: string;
  /** Where the key is on the keyboard. */
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly target: EventTarget | null;
  getModifierState?(key: 'AltGraph'): boolean;
  preventDefault(): void;
  stopPropagation(): void;
}

/** The last: hosts of an editor in a shadow root, of which the page sees nothing else. */
const TEXT_FIELDS = 'input, textarea, select, [contenteditable="true"], [data-text-field]';

/** A command of the browser or the system: the page has no keys with Ctrl, Alt or Meta. */
export function isCommand(press: KeyPress): boolean {
  // AltGr, which some systems tell as Ctrl and Alt, is how a keyboard has [ or ]: what counts is the sign.
  const byAltGr = !/^[a-z0-9]$/i.test(press.key) && press.getModifierState?.('AltGraph') === true;
  return press.metaKey || (!byAltGr && (press.ctrlKey || press.altKey));
}

/** The row of the table that this press means in this scope, or null. */
export function keyIdOf(scope: Scope, press: KeyPress): KeyId | null {
  if (isCommand(press)) return null;
  if (press.target instanceof Element && press.target.closest(TEXT_FIELDS) !== null) return null;
  const find = (key: string): KeyId | null =>
    KEY_TABLE.find((row) => row.scope === scope && (row.keys as readonly string[]).includes(key))?.id ?? null;
  const bySign = (press.shiftKey ? find(`Shift+${press.key}`) : null) ?? find(press.key);
  if (bySign !== null || press.shiftKey) return bySign;
  // AZERTY has its digits behind Shift: without it their keys are meant where the sign means nothing.
  const digit = /^Digit(\d)$/.exec(press.code ?? '')?.[1];
  return digit === undefined ? null : find(digit);
}

/** Runs the handler of a press, and only then keeps the press from the browser and from outer scopes. */
export function scopedAction(scope: Scope, press: KeyPress, handlers: Handlers): boolean {
  const id = keyIdOf(scope, press);
  const handler = id === null ? undefined : handlers[id];
  if (handler === undefined) return false;
  press.preventDefault();
  press.stopPropagation();
  handler();
  return true;
}
