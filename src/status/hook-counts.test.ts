import { expect, it } from 'vitest';
import { HOOK_BY_NAME, HOOKS } from '#core/format/hooks.ts';
import { hookCounts, missingText } from './hook-counts.ts';

const id = (name: string): number => HOOK_BY_NAME.get(name)!.id;
const hop = (name: string) => ({ hook: id(name), lane: 'rx' }) as const;
const missing = (name: string) => ({ hook: id(name), name });

it('sums up to the catalogue, of two captures as of one', () => {
  const first = hookCounts(
    [hop('netif_receive_skb'), hop('net_dev_queue'), hop('net_dev_queue'), { hook: 0, lane: 'none' }],
    [missing('xdp@fentry'), missing('xdp@fexit')],
  );
  expect(first).toEqual({
    observed: 2,
    missing: 2,
    missingInPart: 0,
    untold: HOOKS.length - 4,
    known: HOOKS.length,
  });
  const missingOfBoth = [
    ...[missing('xdp@fentry'), missing('xdp@fexit')],
    ...[missing('xdp@fentry'), missing('xdp@fexit'), missing('net_dev_queue')],
  ];
  const both = hookCounts([hop('netif_receive_skb'), hop('net_dev_queue')], missingOfBoth);
  expect(both).toEqual({ ...first, missingInPart: 1 });
  expect(missingText(both, missingOfBoth)).toBe('2 missing, 1 in part');
});

it('has room for hooks of a newer catalogue', () => {
  const { known, missing: without } = hookCounts([hop('net_dev_queue')], [{ hook: 9999 }]);
  expect([known, without]).toEqual([HOOKS.length + 1, 1]);
});

it('is said by name where it is one, and in words where it is missing in a part alone', () => {
  const queue = [missing('net_dev_queue')];
  expect(missingText(hookCounts([], queue), queue)).toBe('net_dev_queue missing');
  expect(missingText(hookCounts([hop('net_dev_queue')], queue), queue)).toBe('1 missing in part');
  const two = [missing('xdp@fentry'), missing('xdp@fexit')];
  expect(missingText(hookCounts([], two), two)).toBe('2 missing');
});
