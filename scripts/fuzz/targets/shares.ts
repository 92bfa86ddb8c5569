/** What leaves the host: any capture is cut down and redacted, and what comes out is a capture again. */
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CaptureSink, Problem } from '#core/pcapng/types.ts';
import { KEY_BYTES } from '#core/share/keyed.ts';
import { parseManifest } from '#core/share/manifest.ts';
import { CAREFUL } from '#core/share/policy.ts';
import { EVERYTHING } from '#core/share/selection.ts';
import { Snapshot } from '#core/share/snapshot.ts';
import { holds, type Target } from '../target.ts';
import { CAPTURES } from './capture-seeds.ts';

const CAPTURE_BYTES = 64 * 1024;

/** Reads a share: its manifest is one, and nothing in it is a problem. */
function check(bytes: Uint8Array): void {
  const nothing = (): void => undefined;
  let manifests = 0;
  const sink: CaptureSink = {
    section: nothing,
    interface: nothing,
    packet: nothing,
    statistics: nothing,
    custom: ({ subtype, body }) => {
      if (subtype !== BLOCK_SUBTYPE.manifest) return;
      holds('value' in parseManifest(body), 'a manifest that is none');
      manifests++;
    },
    problem: ({ cause }: Problem) => holds(false, `a share that does not read: ${cause}`),
  };
  const reader = new CaptureReader(sink);
  reader.push(bytes);
  reader.end();
  holds(manifests === 1, 'a share without its manifest');
}

const share: Target = {
  name: 'share',
  seeds: CAPTURES,
  maxBytes: CAPTURE_BYTES,
  run: (input) => {
    const snapshot = new Snapshot({
      policy: CAREFUL,
      selection: EVERYTHING,
      key: new Uint8Array(KEY_BYTES).fill(7),
      schema: null,
      created: '2026-11-26T00:00:00Z',
      expires: null,
      notes: null,
    });
    const reader = new CaptureReader(snapshot);
    reader.push(input);
    reader.end();
    snapshot.end();
    const bytes = snapshot.take();
    // Of what was no capture nothing is written but the manifest, which is none by itself.
    if (snapshot.progress.kept > 0) check(bytes);
    return snapshot.problems;
  },
};

export const SHARE_TARGETS: readonly Target[] = [share];
