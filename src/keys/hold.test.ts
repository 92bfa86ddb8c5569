// @vitest-environment happy-dom
import { expect, it, vi } from 'vitest';
import { holdKeys } from './hold.ts';

const press = (key: string, more: KeyboardEventInit = {}) =>
  document.body.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );

it('keys are kept from the page, typed into what then has the focus, and Escape is heard at once', async () => {
  const page: string[] = [];
  document.body.addEventListener('keydown', ({ key }) => page.push(key));
  const onEscape = vi.fn();
  const release = holdKeys(onEscape);
  for (const key of ['t', 'l', 'Shift', 'v', 'Enter']) press(key);
  press('Escape');
  press('c', { ctrlKey: true });
  expect(page).toEqual(['c']);
  expect(onEscape).toHaveBeenCalledOnce();

  const input = document.createElement('input');
  const texts: string[] = [];
  const keys: string[] = [];
  input.addEventListener('input', () => texts.push(input.value));
  input.addEventListener('keydown', ({ key }) => keys.push(key));
  document.body.append(input);
  release();
  input.focus();
  await Promise.resolve();
  expect(texts).toEqual(['t', 'tl', 'tlv']);
  expect(keys).toEqual(['t', 'l', 'Shift', 'v', 'Enter']);
  press('x');
  expect(page.at(-1)).toBe('x');
});
