/** A few packets as they are and as they go, for whoever looks before a share leaves. */
import { formatHex } from '#core/dissect/addresses.ts';
import { areaChanges, eventChanges, hopChange, packetChanges } from '#core/share/changes.ts';
import type { WatchedPacket } from '#core/share/snapshot.ts';
import { MAX_PREVIEW_BYTES, MAX_PREVIEW_PACKETS, type PreviewPacket } from './api.ts';

export class Preview {
  readonly #telling: PreviewPacket[] = [];
  readonly #plain: PreviewPacket[] = [];

  /** Those with metadata, which say more; of a capture without any, the others. */
  get packets(): readonly PreviewPacket[] {
    return this.#telling.length > 0 ? this.#telling : this.#plain;
  }

  take(packet: WatchedPacket): void {
    const taken = packet.areaBefore.length > 0 ? this.#telling : this.#plain;
    // Of one hop after the other, that they are not alike.
    if (taken.length < MAX_PREVIEW_PACKETS && taken.at(-1)?.hop !== packet.hop) taken.push(previewOf(packet));
  }
}

function previewOf(packet: WatchedPacket): PreviewPacket {
  const { hop, hopBefore, netns, netnsBefore, linkType, before, after, areaBefore, areaAfter, decoder } =
    packet;
  return {
    hop,
    changes: [
      hopChange('name', hopBefore, hop),
      ...(netnsBefore === 0 ? [] : [hopChange('network namespace', String(netnsBefore), String(netns))]),
      ...packetChanges({ linkType, before, after }),
      ...areaChanges({ decoder, before: areaBefore, after: areaAfter }),
      ...(packet.event === null ? [] : eventChanges(packet.event.before, packet.event.after)),
    ],
    before: hexOf(before),
    after: hexOf(after),
    areaBefore: hexOf(areaBefore),
    areaAfter: hexOf(areaAfter),
  };
}

function hexOf(bytes: Uint8Array): string {
  return formatHex(bytes, 0, Math.min(bytes.length, MAX_PREVIEW_BYTES));
}
