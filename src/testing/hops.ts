/** Hops for tests: of one device, as the edge lab has them. */
import { HOOK_BY_ID, HOOKS } from '#core/format/hooks.ts';
import type { Hop } from '#workers/api.ts';

export function fakeHop(part: Partial<Hop> & { readonly index: number; readonly hook: number }): Hop {
  const hook = HOOK_BY_ID.get(part.hook);
  const device = part.device ?? 'eth0';
  const events = part.events ?? 0;
  const withMetadata = part.withMetadata ?? 0;
  return {
    name: `${device}:${hook?.name ?? 'none'}`,
    label: hook?.label ?? device,
    lane: hook?.lane ?? 'none',
    layer: hook?.layer ?? 'none',
    order: hook?.order ?? 0,
    device,
    netns: 0,
    host: '',
    file: '',
    events,
    withMetadata,
    metadataBytes: withMetadata * 16,
    unreadable: 0,
    metadataLost: 0,
    causes: [],
    counted: [],
    lost: 0,
    filteredEvents: events,
    filteredWithMetadata: withMetadata,
    ...part,
  };
}

export function edgeHops(device = 'eth0', netns = 0, firstIndex = 0): readonly Hop[] {
  return HOOKS.filter(({ id }) => id <= 10).map((hook, position) =>
    fakeHop({
      index: firstIndex + position,
      hook: hook.id,
      device,
      netns,
      events: hook.id === 10 ? 12 : 1000 - position,
      withMetadata: hook.lane === 'rx' && hook.id !== 1 ? 870 : hook.id === 1 ? 860 : 0,
    }),
  );
}
