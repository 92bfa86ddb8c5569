/** Shares of captures that are held whole. */
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CAREFUL } from '../policy.ts';
import { EVERYTHING } from '../selection.ts';
import type { SnapshotOptions } from '../snapshot-options.ts';
import { Snapshot } from '../snapshot.ts';

/** Made carefully of all of `capture`, unless `options` say otherwise; it has not ended yet. */
export function snapshotOf(capture: Uint8Array, options: Partial<SnapshotOptions> = {}): Snapshot {
  const snapshot = new Snapshot({
    policy: CAREFUL,
    selection: EVERYTHING,
    key: new Uint8Array(32).fill(42),
    schema: null,
    created: '2026-11-26T12:00:00Z',
    expires: null,
    notes: null,
    ...options,
  });
  const reader = new CaptureReader(snapshot);
  reader.push(capture);
  reader.end();
  return snapshot;
}
