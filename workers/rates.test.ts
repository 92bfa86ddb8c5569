import { describe, expect, it } from 'vitest';
import { RATE_WINDOW_MS, RateMeter } from './rates.ts';

describe('RateMeter', () => {
  it('divides by the window once there is one, and by at least 100 ms before', () => {
    const meter = new RateMeter(0);
    meter.count(1, 1000, 10);
    expect(meter.rates(1)).toEqual({ bytes: 10_000, events: 100 });
    meter.count(1000, 2000, 20);
    expect(meter.rates(1000)).toEqual({ bytes: 2000, events: 20 });
  });

  it('forgets what is older than the window', () => {
    const meter = new RateMeter(0);
    for (let t = 100; t <= 10_000; t += 100) meter.count(t, t * 10, t);
    expect(meter.rates(10_000)).toEqual({ bytes: 10_000, events: 1000 });
    expect(meter.rates(10_000 + RATE_WINDOW_MS)).toEqual({ bytes: 0, events: 0 });
  });
});
