import { describe, expect, it } from 'vitest';
import { UPDATE_INTERVAL_MS } from './api.ts';
import { loadIntervalMs, UpdatePump } from './update-pump.ts';

function rig(): { pump: UpdatePump; sent: number[]; at: (ms: number) => void; again: { value: boolean } } {
  let now = 0;
  let timer: { at: number; callback: () => void } | null = null;
  const sent: number[] = [];
  const again = { value: false };
  const pump = new UpdatePump({
    intervalMs: () => 100,
    now: () => now,
    setTimer: (callback, ms) => {
      const mine = { at: now + ms, callback };
      timer = mine;
      return () => {
        if (timer === mine) timer = null;
      };
    },
    send: () => {
      sent.push(now);
      return again.value;
    },
  });
  const at = (ms: number): void => {
    while (timer && timer.at <= ms) {
      const { at: due, callback } = timer;
      timer = null;
      now = due;
      callback();
    }
    now = ms;
  };
  return { pump, sent, at, again };
}

describe('UpdatePump', () => {
  it('sends the first change at once, the next ones at the interval, and the last one always', () => {
    const { pump, sent, at } = rig();
    for (const ms of [0, 10, 20, 99, 130, 140]) {
      at(ms);
      pump.touch();
    }
    at(1000);
    expect(sent).toEqual([0, 100, 200]);
  });

  it('waits at the beginning for something to show, not longer than an interval', () => {
    const nothing = rig();
    nothing.pump.begin();
    nothing.at(1000);
    expect(nothing.sent).toEqual([100]);
    const soon = rig();
    soon.pump.begin();
    soon.at(40);
    soon.pump.flush();
    soon.at(1000);
    expect(soon.sent).toEqual([40]);
  });

  it('sends what a person did without waiting, and counts the interval from there', () => {
    const { pump, sent, at } = rig();
    pump.touch();
    at(50);
    pump.touch();
    pump.flush();
    at(60);
    pump.touch();
    at(1000);
    expect(sent).toEqual([0, 50, 150]);
  });

  it('repeats itself while there is something that changes by time alone', () => {
    const { pump, sent, at, again } = rig();
    again.value = true;
    pump.touch();
    at(250);
    again.value = false;
    at(1000);
    expect(sent).toEqual([0, 100, 200, 300]);
  });

  it('sends nothing once it is stopped', () => {
    const { pump, sent, at } = rig();
    pump.touch();
    pump.touch();
    pump.stop();
    pump.touch();
    pump.flush();
    at(1000);
    expect(sent).toEqual([0]);
  });

  it('waits for a page that acknowledges, then leaves it alone for as long as it took', () => {
    const { pump, sent, at } = rig();
    pump.touch();
    at(20);
    pump.acknowledge();
    at(100);
    pump.touch();
    at(350);
    pump.touch();
    expect(sent).toEqual([0, 100]);
    pump.acknowledge();
    at(1000);
    expect(sent).toEqual([0, 100, 600]);
  });

  it('keeps its interval with a page that is quick', () => {
    const { pump, sent, at } = rig();
    for (const ms of [0, 10, 90, 100, 110, 190, 200, 210]) {
      at(ms);
      if (ms % 100 === 10) pump.acknowledge();
      else pump.touch();
    }
    at(1000);
    expect(sent).toEqual([0, 100, 200, 300]);
  });

  it('does not make a person wait for an acknowledgement', () => {
    const { pump, sent, at } = rig();
    pump.touch();
    pump.acknowledge();
    at(100);
    pump.touch();
    at(110);
    pump.flush();
    expect(sent).toEqual([0, 100, 110]);
  });
});

describe('loadIntervalMs', () => {
  it('is that of all Updates at first, and never so long that a load seems to stand still', () => {
    expect(loadIntervalMs(0)).toBe(UPDATE_INTERVAL_MS);
    expect(loadIntervalMs(1000)).toBe(UPDATE_INTERVAL_MS);
    expect(loadIntervalMs(2500)).toBe(250);
    expect(loadIntervalMs(1e9)).toBe(400);
  });
});
