/** A few packets as they are and as they go, for whoever looks before a share leaves. */
import { formatHex } from '#core/dissect/addresses.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import { areaChanges, eventChanges, hopChange, packetChanges } from '#core/share/changes.ts';
import type { WatchedPacket } from '#core/share/snapshot-options.ts';
import { MAX_PREVIEW_BYTES, MAX_PREVIEW_PACKETS, type PreviewPacket } from './api.ts';

export class Preview {
  readonly #telling = new Different();
  readonly #plain = new Different();

  /** Those with metadata, which say more; of a capture without any, the others. */
  get packets(): readonly PreviewPacket[] {
    return this.#telling.packets.length > 0 ? this.#telling.packets : this.#plain.packets;
  }

  take(packet: WatchedPacket): void {
    (packet.areaBefore.length > 0 ? this.#telling : this.#plain).take(packet);
  }
}

/** The first few: the same packet at the next hop says nothing new. */
class Different {
  readonly packets: PreviewPacket[] = [];
  readonly #bytes: Uint8Array[] = [];

  take(packet: WatchedPacket): void {
    if (this.packets.length === MAX_PREVIEW_PACKETS) return;
    if (this.#bytes.some((bytes) => sameBytes(bytes, packet.before))) return;
    this.#bytes.push(packet.before.slice());
    this.packets.push(previewOf(packet));
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
