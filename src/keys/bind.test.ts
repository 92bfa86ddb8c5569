// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { keyIdOf, scopedAction } from './bind.ts';
import { KEY_TABLE } from './table.ts';

function press(key: string, part: Partial<KeyboardEventInit> & { target?: Element } = {}) {
  const { target, ...init } = part;
  const event = new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, ...init });
  (target ?? document.body).dispatchEvent(event);
  return event;
}

describe('the keys', () => {
  it('have one meaning in each scope', () => {
    const all = KEY_TABLE.flatMap((row) => row.keys.map((key) => `${row.scope} ${key}`));
    expect(new Set(all).size).toBe(all.length);
  });

  it('leave presses with Ctrl, Alt or Meta to the browser', () => {
    expect(keyIdOf('page', press('p'))).toBe('pause');
    expect(keyIdOf('page', press('p', { ctrlKey: true }))).toBeNull();
    expect(keyIdOf('page', press('p', { metaKey: true }))).toBeNull();
    expect(keyIdOf('page', press('p', { altKey: true }))).toBeNull();
  });

  it('are signs, wherever a keyboard has them: AZERTY has brackets behind AltGr', () => {
    const bracket = press('[', { ctrlKey: true, altKey: true });
    const asSystemsTell = { key: '[', ctrlKey: true, altKey: true, metaKey: false, target: bracket.target };
    const rest = { shiftKey: false, preventDefault: () => undefined, stopPropagation: () => undefined };
    const withAltGr = { ...asSystemsTell, ...rest, getModifierState: () => true };
    expect(keyIdOf('page', withAltGr)).toBe('previous-hop');
    expect(keyIdOf('page', { ...withAltGr, getModifierState: () => false })).toBeNull();
    // AZERTY: `:` and `/` share a key, `?` is Shift and the key beside.
    expect(keyIdOf('page', press(':', { code: 'Period' }))).toBe('palette');
    expect(keyIdOf('page', press('/', { code: 'Period', shiftKey: true }))).toBe('filter');
    expect(keyIdOf('page', press('a', { code: 'KeyQ' }))).toBe('value');
    // Its digits are behind Shift: their keys mean them without it too, but not by a sign that has a meaning.
    expect(keyIdOf('page', press('é', { code: 'Digit2' }))).toBe('pane-list');
    expect(keyIdOf('page', press('2', { code: 'Digit2', shiftKey: true }))).toBe('pane-list');
    expect(keyIdOf('path', press('-', { code: 'Digit6' }))).toBe('path.out');
    expect(keyIdOf('page', press('@', { code: 'Digit2', shiftKey: true }))).toBeNull();
  });

  it('leave text fields alone', () => {
    const field = document.body.appendChild(document.createElement('textarea'));
    expect(keyIdOf('page', press('p', { target: field }))).toBeNull();
  });

  it('mean nothing outside of their scope', () => {
    expect(keyIdOf('page', press('ArrowDown'))).toBeNull();
    expect(keyIdOf('list', press('ArrowDown'))).toBe('list.next');
  });

  it('are kept from the browser only when something is done', () => {
    const handler = vi.fn();
    const known = press('p');
    expect(scopedAction('page', known, { pause: handler })).toBe(true);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(known.defaultPrevented).toBe(true);
    const unhandled = press('p');
    expect(scopedAction('page', unhandled, {})).toBe(false);
    expect(unhandled.defaultPrevented).toBe(false);
  });
});
