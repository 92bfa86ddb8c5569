import { describe, expect, it } from 'vitest';
import type { CostSample, CostView } from '#workers/api.ts';
import { missingCost, printCpu } from './cost.ts';

const sample: CostSample = {
  timeNs: '1',
  sinceNs: '0',
  counting: true,
  error: 0,
  probeCpuNs: 1,
  agentCpuNs: null,
  bytes: 0,
  events: 0,
  programs: [],
};
const view = (latest: CostSample | null): CostView => ({ latest, programs: [], history: [] });

describe('the cost', () => {
  it('is never zero when it is only small, nor when it is not known', () => {
    expect([0, 0.000_01, 0.021, 0.42].map(printCpu)).toEqual(['0.00 %', '<0.01 %', '2.10 %', '42 %']);
    expect(printCpu(null)).toBe('–');
  });

  it('says why there are no numbers', () => {
    expect(missingCost(view(null), true)).toContain('in a second or two');
    expect(missingCost(view(null), false)).toContain('This capture has no account of cost');
    expect(missingCost(view({ ...sample, counting: false, error: 1 }), true)).toContain('(errno 1)');
  });
});
