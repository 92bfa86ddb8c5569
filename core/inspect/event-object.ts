/**
 * One event as `whither inspect --json` prints it and as the worker's `inspect` answers. Both make an
 * `EventFacts` of what they have and this makes the object, so that they cannot differ.
 */
import type { HopState } from '#core/diagnosis/types.ts';
import type { Elsewhere } from '#core/store/elsewhere.ts';
import type { EventDiagnosis } from '#core/store/event-diagnosis.ts';
import type { JourneyLink } from '#core/store/view.ts';
import { findingText, SEVERITY } from '#core/lint/finding.ts';
import { lintArea } from '#core/lint/lint-area.ts';
import type { AreaDecoder } from '#core/metadata/scan.ts';
import { decodeArea } from '#core/metadata/decode.ts';
import type { Tlv } from '#core/metadata/types.ts';
import { formatHex } from '#core/dissect/addresses.ts';
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import { META_STATE } from '#core/format/structs.ts';
import { nsFromParts } from '#core/time/ns.ts';

export interface InspectedTlv {
  readonly type: number;
  /** '' when the schema does not know the type. */
  readonly name: string;
  readonly value: string;
  /** Of the whole TLV in the metadata area, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** Of the value alone, without type and length fields and padding. */
  readonly value_offset: number;
  readonly value_length: number;
}

/** Keys in the order in which they are printed. null = not there. */
export interface InspectedEvent {
  /** From 1, in order of the capture: the frame number of other tools. */
  readonly n: number;
  /** Unix time in ns, decimal. */
  readonly time_ns: string;
  readonly interface: string;
  /** Name of the hook in the catalogue, '' in captures of other tools. */
  readonly hook: string;
  /** epb_packetid, decimal. */
  readonly journey: string | null;
  readonly meta_hex: string;
  readonly tlvs: readonly InspectedTlv[];
  /** As in PROTOCOL_NAMES. */
  readonly protocol: string;
  readonly src: string | null;
  readonly dst: string | null;
  readonly sport: number | null;
  readonly dport: number | null;
  /** Only when there are any. */
  readonly comments?: readonly string[];
  /** Only on an event with which a journey met the trigger's condition: what it met, and where; which one, when not its own. */
  readonly trigger?: string;
  /** Only when there is one: what is wrong with the metadata area. */
  readonly fault?: string;
  /** Only when there is any: errors and warnings of lint, `code: sentence`. */
  readonly lint?: readonly string[];
  /** Only when the document has schemas for other places, and one is there. */
  readonly elsewhere?: readonly InspectedPlace[];
  /** Only when there is metadata that could not be read: `unlocatable` or `unreadable`. */
  readonly meta_state?: string;
  /** What became of the metadata since the packet was seen before (docs/states.md); null when the capture records none. */
  readonly state: HopState | null;
  /** Name in the catalogue of causes, null when there is nothing to explain. */
  readonly cause: string | null;
  /** How the cause is known, then what was compared: `implied: …`; null with `cause`. */
  readonly evidence: string | null;
  /** The programs that it is put down to, null = none. */
  readonly writer: string | null;
  /** On the first event of a journey: what it comes from, as far as has been read. */
  readonly links: readonly InspectedLink[];
}

/** What a schema for packets, skb->mark or skb->cb reads there. */
export interface InspectedPlace {
  /** Name of the schema. */
  readonly schema: string;
  readonly in: Elsewhere['in'];
  /** Offsets are in the packet, or in the bytes of mark or cb. */
  readonly tlvs: readonly InspectedTlv[];
  readonly fault?: string;
}

/** A journey that this one continues. */
export interface InspectedLink {
  /** epb_packetid, decimal; null when several fit and none can be named. */
  readonly journey: string | null;
  readonly kind: string;
  readonly known: string;
  readonly evidence: string;
}

export interface EventFacts {
  readonly n: number;
  readonly tsHi: number;
  readonly tsLo: number;
  readonly interfaceName: string;
  readonly hook: number;
  readonly journey: string | null;
  /** META_STATE, or null when the capture records none. */
  readonly metaState: number | null;
  /** Empty when there is none or it could not be read. */
  readonly area: Uint8Array;
  readonly decoder: AreaDecoder | null;
  readonly protocol: string;
  /** '' = none. */
  readonly src: string;
  readonly dst: string;
  readonly sport: number | null;
  readonly dport: number | null;
  readonly comments: readonly string[];
  /** What of a trigger's condition was met with it; null = nothing. */
  readonly trigger: string | null;
  /** Null when the capture records no metadata. */
  readonly diagnosis: EventDiagnosis | null;
  readonly links: readonly JourneyLink[];
  readonly elsewhere: readonly Elsewhere[];
}

export function eventObject(facts: EventFacts): InspectedEvent {
  const { area, decoder, comments, metaState, diagnosis } = facts;
  const cause = diagnosis === null || diagnosis.cause.name === 'none' ? null : diagnosis.cause;
  const decoded = decoder === null || area.length === 0 ? null : decodeArea(decoder, area);
  const lint = decoder === null ? [] : lintTexts(decoder, area);
  return {
    n: facts.n,
    time_ns: nsFromParts(facts.tsHi, facts.tsLo).toString(),
    interface: facts.interfaceName,
    hook: HOOK_BY_ID.get(facts.hook)?.name ?? (facts.hook === 0 ? '' : `hook ${facts.hook}`),
    journey: facts.journey,
    meta_hex: formatHex(area, 0, area.length),
    tlvs: (decoded?.tlvs ?? []).map(tlvObject),
    protocol: facts.protocol,
    src: facts.src === '' ? null : facts.src,
    dst: facts.dst === '' ? null : facts.dst,
    sport: facts.sport,
    dport: facts.dport,
    ...(comments.length > 0 && { comments }),
    ...(facts.trigger !== null && { trigger: facts.trigger }),
    ...(decoded?.fault != null && { fault: decoded.fault.message }),
    ...(lint.length > 0 && { lint }),
    ...(facts.elsewhere.length > 0 && { elsewhere: facts.elsewhere.map(placeObject) }),
    ...(metaState === META_STATE.unlocatable && { meta_state: 'unlocatable' }),
    ...(metaState === META_STATE.unreadable && { meta_state: 'unreadable' }),
    state: diagnosis?.state ?? null,
    cause: cause?.name ?? null,
    evidence: cause === null ? null : `${cause.known}: ${cause.evidence}`,
    writer: diagnosis === null || diagnosis.writer === '' ? null : diagnosis.writer,
    links: facts.links.map(({ id, kind, known, evidence }) => ({
      journey: id === '' ? null : id,
      kind,
      known,
      evidence,
    })),
  };
}

/** Without what is only worth knowing, and without faults, which have a key of their own. */
function lintTexts(decoder: AreaDecoder, area: Uint8Array): string[] {
  return lintArea(decoder, area)
    .filter(({ code }) => SEVERITY[code] === 'warning')
    .map((finding) => `${finding.code}: ${findingText(finding, decoder)}`);
}

function tlvObject({ type, name, value, offset, length, valueOffset, valueLength }: Tlv): InspectedTlv {
  return { type, name, value, offset, length, value_offset: valueOffset, value_length: valueLength };
}

function placeObject({ schema, in: place, tlvs, fault }: Elsewhere): InspectedPlace {
  return { schema, in: place, tlvs: tlvs.map(tlvObject), ...(fault !== null && { fault: fault.message }) };
}
