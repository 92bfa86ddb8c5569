import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Silence } from './silence.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('silence', () => {
  it('is noticed after at most twice its time, and not while frames come', () => {
    const onSilence = vi.fn(() => Promise.resolve());
    const silence = new Silence(100, onSilence);
    for (let beat = 0; beat < 5; beat++) {
      silence.heard();
      vi.advanceTimersByTime(100);
    }
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(onSilence).toHaveBeenCalledTimes(1);
    silence.stop();
  });

  it('is asked about at once when the browser goes offline, never twice at a time', async () => {
    let answer = (): void => undefined;
    const onSilence = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)));
    const silence = new Silence(100, onSilence);
    silence.ask();
    silence.ask();
    expect(onSilence).toHaveBeenCalledTimes(1);
    answer();
    await Promise.resolve();
    await Promise.resolve();
    silence.ask();
    expect(onSilence).toHaveBeenCalledTimes(2);
    silence.stop();
  });
});
