/** Entries of BPF maps: those of which a schema says what key and value mean. The others do not go out. */
import type { AreaDecoder } from '#core/metadata/area-scan.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import type { KeyField, MapRule } from '#core/metadata/types.ts';
import { readInteger } from '#core/metadata/value.ts';
import type { MapSample } from '#core/pcapng/map-sample.ts';
import type { AreaRedactor } from './area.ts';
import type { SharePolicy } from './policy.ts';
import type { Pseudonyms } from './pseudonyms.ts';

interface KnownMap {
  readonly rule: MapRule;
  readonly decoder: AreaDecoder;
}

export class MapRedactor {
  readonly #policy: SharePolicy;
  readonly #names: Pseudonyms;
  readonly #areas: AreaRedactor;
  #known: readonly KnownMap[] = [];

  constructor(policy: SharePolicy, names: Pseudonyms, areas: AreaRedactor) {
    this.#policy = policy;
    this.#names = names;
    this.#areas = areas;
  }

  use(decoder: AreaDecoder | null): void {
    if (decoder === null) {
      this.#known = [];
      return;
    }
    const { schema } = decoder;
    this.#known = (schema.maps ?? []).map((rule) => ({
      rule,
      decoder:
        rule.value.framing === undefined
          ? decoder
          : compileSchema({ ...schema, framing: rule.value.framing }),
    }));
  }

  /** `name`: of the map, '' = not known. null: no schema says what is in it. */
  redact(sample: MapSample, name: string): MapSample | null {
    const known = this.#known.find(({ rule }) => rule.map === sample.map || rule.map === name);
    if (known === undefined) return this.#policy.unknown === 'keep' ? sample : null;
    return { ...sample, key: this.#key(known.rule, sample.key), value: this.#value(known, sample.value) };
  }

  #key(rule: MapRule, key: Uint8Array): Uint8Array {
    const out = this.#policy.unknown === 'keep' ? key.slice() : new Uint8Array(key.length);
    for (const field of rule.key.fields) {
      const { offset, size } = field;
      if (offset + size <= key.length)
        out.set(this.#keyField(field, key.slice(offset, offset + size)), offset);
    }
    return out;
  }

  #keyField({ field, size, endian }: KeyField, value: Uint8Array): Uint8Array {
    const { addresses, kernelAddresses } = this.#policy;
    switch (field) {
      case 'source':
      case 'destination': {
        if (addresses === 'keep') return value;
        if (size !== 4 && size !== 16) return new Uint8Array(size);
        if (endian === 'little') value.reverse();
        const out = this.#names.addresses.ip(value).slice();
        return endian === 'little' ? out.reverse() : out;
      }
      case 'sourcePort':
      case 'destinationPort':
      case 'protocol':
        return value;
      case 'cookie':
      case 'hash': {
        if (kernelAddresses === 'keep') return value;
        // The same number as in the events (event.ts), or they would not find each other.
        const order = endian ?? 'little';
        const number = readInteger(value, 0, Math.min(size, 8), order);
        const hidden = this.#names.numbers.hidden(field, number);
        return integerBytes(hidden, size, order);
      }
    }
  }

  #value({ rule, decoder }: KnownMap, value: Uint8Array): Uint8Array {
    const { offset } = rule.value;
    const out = this.#policy.unknown === 'keep' ? value.slice() : new Uint8Array(value.length);
    if (offset < value.length) out.set(this.#areas.redact(decoder, value.subarray(offset)), offset);
    return out;
  }
}

function integerBytes(value: bigint, size: number, endian: 'little' | 'big'): Uint8Array {
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const byte = Number((value >> BigInt(8 * i)) & 0xffn);
    out[endian === 'little' ? i : size - 1 - i] = byte;
  }
  return out;
}
