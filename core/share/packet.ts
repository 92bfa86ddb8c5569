/**
 * A packet without what must not leave: begun as zeros, and filled with the fields that the lists name. What is behind the
 * last header that the dissector knows is cut off, and so is a header's part that it does not understand.
 */
import { AnchorFinder } from '#core/dissect/anchor.ts';
import { FIELDS, isFieldName } from '#core/dissect/fields.ts';
import { dissectTree } from '#core/dissect/tree.ts';
import type { FieldNode } from '#core/dissect/types.ts';
import type { AreaDecoder, ElsewherePart } from '#core/metadata/area-scan.ts';
import type { AreaRedactor } from './area.ts';
import { sealHeader } from './checksum.ts';
import { fieldRule } from './packet-fields.ts';
import type { SharePolicy } from './policy.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** Layers that are no header: what is left, and what is behind the length that a header states. */
const DATA = 'data.data';
const PADDING = 'Padding';
/** Fields that are wrong over other bytes than those that they were made over. */
const CHECKSUM = /checksum$/;

interface PlaceInPacket {
  readonly part: ElsewherePart;
  readonly finder: AnchorFinder;
}

export class PacketRedactor {
  readonly #policy: SharePolicy;
  readonly #names: Pseudonyms;
  readonly #areas: AreaRedactor;
  #places: readonly PlaceInPacket[] = [];

  constructor(policy: SharePolicy, names: Pseudonyms, areas: AreaRedactor) {
    this.#policy = policy;
    this.#names = names;
    this.#areas = areas;
  }

  /** From now on, what the document of `decoder` says of bytes in packets holds; null = nothing is said of them. */
  use(decoder: AreaDecoder | null): void {
    this.#places = (decoder?.elsewhere ?? []).flatMap((part) =>
      part.where.in === 'packet' ? [{ part, finder: new AnchorFinder(part.where.at) }] : [],
    );
  }

  /** `bytes`: one packet and nothing else. Gives a new array, which is shorter where the payload is cut off. */
  redact(bytes: Uint8Array, linkType: number): Uint8Array {
    const { payload, addresses } = this.#policy;
    if (payload === 'keep' && addresses === 'keep' && this.#places.length === 0) return bytes.slice();
    const nodes = dissectTree(bytes, linkType);
    const out = payload === 'keep' ? bytes.slice() : new Uint8Array(bytes.length);
    for (const node of nodes) this.#fill(node, bytes, out);
    // The inner ones first: an outer header is summed over itself alone, so their order does not matter.
    for (const node of nodes) if (node.filter === 'ip') sealHeader(bytes, out, node.offset, node.length);
    // What a schema names has its own rules, also in a payload that is kept.
    const last = this.#fillPlaces(bytes, linkType, out);
    if (payload === 'keep') return out;
    const headers = nodes.filter(({ filter, label }) => filter !== DATA && label !== PADDING);
    const end = headers.reduce((last, node) => Math.max(last, node.offset + node.length), 0);
    return out.subarray(0, Math.max(end, last));
  }

  #fill(node: FieldNode, bytes: Uint8Array, out: Uint8Array): void {
    for (const child of node.children) this.#fill(child, bytes, out);
    const { filter, offset, length } = node;
    const kind = isFieldName(filter) ? FIELDS[filter].kind : 'group';
    const value = bytes.subarray(offset, offset + length);
    switch (kind) {
      case 'group':
        return;
      case 'ipv4':
      case 'ipv6':
        if (this.#policy.addresses === 'keep') out.set(value, offset);
        else if (length === 4 || length === 16) out.set(this.#names.addresses.ip(value), offset);
        return;
      case 'mac':
        if (this.#policy.addresses === 'keep') out.set(value, offset);
        else if (length === 6) out.set(this.#names.addresses.mac(value), offset);
        return;
      case 'uint':
      case 'bool':
      case 'bytes':
      case 'text':
        if (fieldRule(filter) === 'keep') out.set(value, offset);
        else if (CHECKSUM.test(filter)) out.fill(0, offset, offset + length);
    }
  }

  /** Where a schema reads TLVs in packets; gives where the last of them ends. */
  #fillPlaces(bytes: Uint8Array, linkType: number, out: Uint8Array): number {
    let last = 0;
    for (const { part, finder } of this.#places) {
      if (!finder.find(bytes, 0, bytes.length, linkType)) continue;
      const { start, end } = finder;
      out.set(this.#areas.redact(part.decoder, bytes.subarray(start, end)), start);
      last = Math.max(last, end);
    }
    return last;
  }
}
