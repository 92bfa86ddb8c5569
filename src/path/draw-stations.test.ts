// @vitest-environment happy-dom
import { select } from 'd3-selection';
import { expect, it } from 'vitest';
import { fakeHop } from '#src/testing/hops.ts';
import type { HopCause } from '#workers/api.ts';
import { drawStations } from './draw-stations.ts';
import { layoutPath } from './layout.ts';

it.each<[HopCause['state'] | null, number, boolean, boolean]>([
  ['suspect', 0, true, true],
  ['unreadable', 0, true, true],
  ['clobbered', 0, true, false],
  ['lost', 0, true, false],
  ['suspect', 3, true, false],
  ['written', 0, false, false],
  [null, 0, false, false],
])(
  'a hop with metadata %s, and lost before it %i times, is marked: harmed %s, only in doubt %s',
  (state, metadataLost, isHarmed, isDoubt) => {
    const cause = { cause: 'unknown', operation: '', known: 'implied', count: 2, firstNs: '0' } as const;
    const causes = state === null ? [] : [{ ...cause, state }];
    const hops = [fakeHop({ index: 0, hook: 2, events: 9, withMetadata: 9, metadataLost, causes })];
    const options = { width: 900, only: null, sides: [{ hops, edges: [] }], all: false, bandRoom: 32 };
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    drawStations(select(svg), layoutPath(hops, [], [], options).rows[0]!, {
      pressed: new Set(),
      current: '',
      compared: false,
    });
    const { classList } = svg.querySelector('.station')!;
    expect([classList.contains('loses'), classList.contains('suspects')]).toEqual([isHarmed, isDoubt]);
  },
);
