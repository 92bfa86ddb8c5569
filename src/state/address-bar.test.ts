// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AddressBar } from './address-bar.ts';

/** Safari's: 100 in 30 s, steps included. */
const LIMIT = 100;
const LIMIT_MS = 30_000;

let bar: AddressBar;
const writes: number[] = [];
const entries: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  history.replaceState(null, '', '/');
  for (const name of ['replaceState', 'pushState'] as const) {
    const real = history[name].bind(history);
    vi.spyOn(history, name).mockImplementation((...args) => {
      writes.push(performance.now());
      entries.push(`${name} ${String(args[2])}`);
      real(...args);
    });
  }
  bar = new AddressBar();
});
afterEach(() => {
  bar.stop();
  writes.length = 0;
  entries.length = 0;
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A key held for so long, at 30 a second, each press another address. */
function hold(ms: number, write: (i: number) => void): void {
  for (let i = 0; i < (ms * 30) / 1000; i++) {
    write(i);
    vi.advanceTimersByTime(1000 / 30);
  }
}

describe('the address', () => {
  it('of a few changes is right at once', () => {
    for (let i = 0; i < 8; i++) {
      bar.replace(`?at=${i}`);
      expect(location.search).toBe(`?at=${i}`);
    }
  });

  it('of a key that is held for a minute stays within what browsers take, is never old, and right when it rests', () => {
    hold(60_000, (i) => {
      bar.replace(`?at=${i}`);
      expect(bar.text).toBe(`?at=${i}`);
      // At most what was pressed since the last interval.
      expect(i - Number(location.search.slice(4))).toBeLessThanOrEqual(13);
    });
    for (const from of writes) {
      expect(writes.filter((at) => at >= from && at < from + LIMIT_MS).length).toBeLessThan(LIMIT);
    }
    vi.advanceTimersByTime(500);
    expect(location.search).toBe('?at=1799');
    const { length } = writes;
    vi.advanceTimersByTime(60_000);
    expect(writes).toHaveLength(length);
  });

  it('that comes back to what it was is not written over later', () => {
    hold(2000, (i) => bar.replace(`?at=${i}`));
    const now = location.search;
    bar.replace('?at=other');
    expect(location.search).toBe(now);
    bar.replace(now);
    const { length } = writes;
    vi.advanceTimersByTime(1000);
    expect(location.search).toBe(now);
    expect(writes).toHaveLength(length);
  });

  it.each(['pagehide', 'blur', 'copy', 'visibilitychange'])('is right at once on %s', (look) => {
    hold(2000, (i) => bar.replace(`?at=${i}`));
    bar.replace('?at=last');
    expect(location.search).not.toBe('?at=last');
    dispatchEvent(new Event(look));
    expect(location.search).toBe('?at=last');
  });

  it('keeps the fragment', () => {
    history.replaceState(null, '', '/#share=abc');
    hold(2000, (i) => bar.replace(`?at=${i}`));
    vi.advanceTimersByTime(1000);
    expect(location.hash).toBe('#share=abc');
    bar.push('');
    expect(location.href).toMatch(/\/#share=abc$/);
  });
});

describe('a step', () => {
  it('is there at once, and leaves what was waiting where it belongs', () => {
    hold(2000, (i) => bar.replace(`?at=${i}`));
    bar.replace('?at=last');
    entries.length = 0;
    bar.push('?where=drop');
    vi.advanceTimersByTime(1000);
    expect(entries).toEqual(['replaceState ?at=last', 'pushState ?where=drop']);
  });

  it('back while something is waiting does not write it to the entry that is shown then, and forward finds it', () => {
    bar.push('?at=a');
    const first: unknown = history.state;
    bar.push('?at=b');
    const second: unknown = history.state;
    expect(second).not.toEqual(first);
    hold(2000, (i) => bar.replace(`?at=b${i}`));
    bar.replace('?at=last');
    const stale = location.search;
    // As the browser does on Back, and then on Forward.
    history.replaceState(first, '', '?at=a');
    bar.arrived();
    vi.advanceTimersByTime(1000);
    expect(location.search).toBe('?at=a');
    history.replaceState(second, '', stale);
    bar.arrived();
    expect(location.search).toBe('?at=last');
    expect(history.state).toEqual(second);
  });
});

it('is not written because the focus goes from one element to another', () => {
  hold(2000, (i) => bar.replace(`?at=${i}`));
  bar.replace('?at=last');
  const before = entries.length;
  document.body.dispatchEvent(new FocusEvent('blur'));
  expect(entries).toHaveLength(before);
  dispatchEvent(new FocusEvent('blur'));
  expect(entries.at(-1)).toBe('replaceState ?at=last');
});
