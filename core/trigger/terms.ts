/** The terms of a condition made ready for a section's hops, host and schema: what is met, as bits, without garbage. */
import { formatHex } from '#core/dissect/addresses.ts';
import { HOP_STATE, HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { createAreaScan, type AreaDecoder } from '#core/metadata/scan.ts';
import type { TlvType } from '#core/metadata/types.ts';
import { MAX_INTEGER_BYTES, printValue, readInteger } from '#core/metadata/value.ts';
import type { HopIdentity } from '#core/store/view.ts';
import type { Term } from './condition.ts';

interface WantedTlv {
  readonly bit: number;
  /** Of the field. */
  readonly type: number;
  readonly value: string | null;
  /** `value` as a number; null when it is none. */
  readonly number: bigint | null;
}

export class TermIndex {
  private readonly terms: readonly Term[];
  /** By HOP_STATE: bits of the terms that name it, wherever it is. */
  private readonly byState = new Uint32Array(HOP_STATE_NAMES.length);
  /** By hop: bits of the state terms that hold there. */
  private readonly byHop: number[] = [];
  private readonly anyDrop: number;
  private readonly byReason = new Map<number, number>();
  /** By schema of the document in force. */
  private readonly tlvs = new Map<AreaDecoder, readonly WantedTlv[]>();
  private readonly scan = createAreaScan();
  /** Names of drop reasons and TLVs that this host and the schema in force do not know. */
  private unknownReasons: readonly string[] = [];
  private unknownTlvs: readonly string[];

  constructor(terms: readonly Term[]) {
    this.terms = terms;
    let anyDrop = 0;
    terms.forEach((term, i) => {
      if (term.kind === 'state') this.byState[HOP_STATE[term.state]]! |= 1 << i;
      if (term.kind === 'drop' && term.reason === null) anyDrop |= 1 << i;
    });
    this.anyDrop = anyDrop;
    // Which reasons there are is not known before the probe has told of its host.
    this.host(new Map());
    this.unknownReasons = [];
    this.unknownTlvs = terms.flatMap((term) => (term.kind === 'tlv' ? [term.name] : []));
  }

  /** What can never be met as things are, as far as they are known; '' = nothing. A sentence. */
  get hopeless(): string {
    const parts = [
      this.unknownTlvs.length === 0 ? '' : `the schema has no TLV ${this.unknownTlvs.join(', ')}`,
      this.unknownReasons.length === 0
        ? ''
        : `this kernel has no drop reason ${this.unknownReasons.join(', ')}`,
    ].filter((part) => part !== '');
    return parts.join(', and ');
  }

  hop(hop: number, { hook, device }: HopIdentity): void {
    let bits = 0;
    this.terms.forEach((term, i) => {
      if (term.kind !== 'state') return;
      const there = term.hooks === null || term.hooks.has(hook);
      if (there && (term.device === '' || term.device === device)) bits |= 1 << i;
    });
    this.byHop[hop] = bits;
  }

  /** `dropReasons`: number → name on this kernel. */
  host(dropReasons: ReadonlyMap<number, string>): void {
    this.byReason.clear();
    const unknown: string[] = [];
    this.terms.forEach((term, i) => {
      if (term.kind !== 'drop' || term.reason === null) return;
      const numbers = /^\d+$/.test(term.reason)
        ? [Number(term.reason)]
        : [...dropReasons].flatMap(([number, name]) => (name.toUpperCase() === term.reason ? [number] : []));
      for (const number of numbers) this.byReason.set(number, (this.byReason.get(number) ?? 0) | (1 << i));
      if (numbers.length === 0) unknown.push(term.reason);
    });
    this.unknownReasons = unknown;
  }

  schema(decoder: AreaDecoder): void {
    this.tlvs.clear();
    const known = new Set<string>();
    for (const one of new Set([decoder, ...decoder.parts.map((part) => part.decoder)])) {
      const wanted: WantedTlv[] = [];
      this.terms.forEach((term, i) => {
        if (term.kind !== 'tlv') return;
        const named = one.schema.types.find(({ name }) => name === term.name)?.type;
        const type = named ?? integerOf(term.name);
        if (type === null) return;
        known.add(term.name);
        const number = term.value === null ? null : integerOf(term.value);
        wanted.push({ bit: 1 << i, type: Number(type), value: term.value, number });
      });
      if (wanted.length > 0) this.tlvs.set(one, wanted);
    }
    this.unknownTlvs = this.terms.flatMap((term) =>
      term.kind === 'tlv' && !known.has(term.name) ? [term.name] : [],
    );
  }

  forState(state: number, hop: number): number {
    return this.byState[state]! & (this.byHop[hop] ?? 0);
  }

  forDrop(reason: number): number {
    return this.anyDrop | (this.byReason.get(reason) ?? 0);
  }

  get wantsTlvs(): boolean {
    return this.tlvs.size > 0;
  }

  /** Of the area buf[start .. start+length), which `decoder` reads. */
  forArea(decoder: AreaDecoder, buf: Uint8Array, start: number, length: number): number {
    const { scan } = this;
    const tlvs = this.tlvs.get(decoder);
    if (tlvs === undefined) return 0;
    let bits = 0;
    decoder.scan(buf, start, length, scan);
    for (let i = 0; i < scan.count; i++) {
      for (const wanted of tlvs) {
        if (wanted.type !== scan.type[i]) continue;
        const type = decoder.schema.types[scan.column[i]!] ?? null;
        const { endian } = decoder.schema.framing;
        if (hasValue(wanted, type, endian, buf, start + scan.valueOffset[i]!, scan.valueLength[i]!))
          bits |= wanted.bit;
      }
    }
    return bits;
  }
}

/** As a person may have written it: decimal, hex, negative no. */
function integerOf(text: string): bigint | null {
  return /^(?:0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text.trim()) ? BigInt(text.trim()) : null;
}

function hasValue(
  { value, number }: WantedTlv,
  type: TlvType | null,
  endian: 'little' | 'big',
  buf: Uint8Array,
  at: number,
  length: number,
): boolean {
  if (value === null) return true;
  switch (type?.kind) {
    case 'uint':
    case 'int':
    case 'enum':
    case 'flags':
    case 'timestamp':
      if (number !== null)
        return (
          length >= 1 &&
          length <= MAX_INTEGER_BYTES &&
          readInteger(buf, at, length, type.endian ?? endian) === number
        );
      return printValue(type, endian, buf, at, length) === value;
    case undefined:
    case 'bytes':
      return formatHex(buf, at, length) === value.toLowerCase().replace(/^0x/, '');
    case 'string':
    case 'flag':
    case 'nested':
    case 'ip':
    case 'ipv4':
    case 'ipv6':
    case 'mac':
      return printValue(type, endian, buf, at, length) === value;
  }
}
