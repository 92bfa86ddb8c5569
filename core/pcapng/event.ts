/**
 * Whither's event struct with its metadata bytes and extensions, as objects: for the detail view, the
 * writer and tests. Columns read the struct in place by the offsets of core/format/layout.gen.ts.
 */
import * as L from '#core/format/layout.gen.ts';
import { MAX_OPERATIONS, OPERATION_FLAG } from '#core/format/attribution.ts';
import { EXTENSION, FORMAT_VERSION, MAGIC_EVENT, META_STATE, type MetaState } from '#core/format/structs.ts';
import { decodeCString, encodeUtf8 } from './text.ts';

export interface TaskExtension {
  readonly pid: number;
  readonly tgid: number;
  /** At most 15 bytes, as the kernel has it. */
  readonly comm: string;
}

export interface DropExtension {
  readonly reason: number;
  readonly location: bigint;
}

/** What else the sk_buff carries; each 0 when it is not there. */
export interface BesideExtension {
  /** ns, in the clock of the device. */
  readonly hwtstamp: bigint;
  /** Ethertype of the accelerated VLAN tag. */
  readonly vlanProto: number;
  /** skb->active_extensions, flags. */
  readonly skbExtensions: number;
}

/** The packet that the kernel made this one from. */
export interface LinkExtension {
  /** LINK_KIND, or a number that a later writer knows. */
  readonly kind: number;
  readonly journey: bigint;
}

/** What a tap of whither.h said. */
export interface TapExtension {
  /** TAP_KIND, or a number that a later writer knows. */
  readonly kind: number;
  /** TAP_JOIN, likewise. */
  readonly join: number;
  /** At most MAX_TAP_BYTES; empty for kind area. */
  readonly bytes: Uint8Array;
}

/** WHITHER_BLOB_BYTES of whither.h: longer is no tap. */
export const MAX_TAP_BYTES = 256;

/** Somebody's BPF program that begins or has returned at this event. */
export interface ProgramExtension {
  readonly id: number;
  /** PROGRAM_KIND, or a number that a later writer knows. */
  readonly kind: number;
  /** As the program returned it; null at its entry. */
  readonly verdict: number | null;
}

/** A function of the kernel that was seen to run on the packet since its event before. */
export interface SeenOperation {
  /** OPERATION, or a number that a later writer knows. */
  readonly operation: number;
  /** It returned before this event; else `metaAfter`, `macAfter` and `headChanged` mean nothing. */
  readonly returned: boolean;
  readonly headChanged: boolean;
  /** meta_len at its entry and exit, in bytes. */
  readonly metaBefore: number;
  readonly metaAfter: number;
  /** Offset of the MAC header from the head; 0xffff = unset. */
  readonly macBefore: number;
  readonly macAfter: number;
}

export interface EventExtensions {
  readonly task?: TaskExtension;
  readonly drop?: DropExtension;
  readonly socketCookie?: bigint;
  /** skb->cb, 48 bytes. */
  readonly cb?: Uint8Array;
  readonly beside?: BesideExtension;
  readonly link?: LinkExtension;
  readonly tap?: TapExtension;
  readonly program?: ProgramExtension;
  /** In the order in which they began, at most MAX_OPERATIONS. */
  readonly operations?: readonly SeenOperation[];
}

/** Units and sentinels: docs/capture-format.md, event. */
export interface EventFields extends EventExtensions {
  readonly hook: number;
  readonly metaState: MetaState;
  /** As the kernel has it; equals metadata.length when the state is `present`. */
  readonly metaLen: number;
  /** Empty unless the state is `present`. */
  readonly metadata: Uint8Array;
  readonly cpu: number;
  readonly queue: number;
  readonly skb: bigint;
  readonly head: bigint;
  readonly macOffset: number;
  readonly dataOffset: number;
  readonly networkOffset: number;
  readonly flags: number;
  readonly skbLen: number;
  readonly dataLen: number;
  readonly mark: number;
  readonly priority: number;
  readonly hash: number;
  readonly skbIif: number;
  readonly protocol: number;
  readonly vlanTci: number;
  readonly endOffset: number;
}

/** An event of which nothing is known: sentinels throughout. For spreading. */
export const UNKNOWN_EVENT: EventFields = {
  hook: 0,
  metaState: META_STATE.none,
  metaLen: 0,
  metadata: new Uint8Array(0),
  cpu: 0,
  queue: 0xffff,
  skb: 0n,
  head: 0n,
  macOffset: 0xffff,
  dataOffset: 0xffff,
  networkOffset: 0xffff,
  flags: 0,
  skbLen: 0,
  dataLen: 0,
  mark: 0,
  priority: 0,
  hash: 0,
  skbIif: 0,
  protocol: 0,
  vlanTci: 0,
  endOffset: 0,
};

const pad4 = (n: number): number => (n + 3) & ~3;

function extensionBits(e: EventExtensions): number {
  let bits = 0;
  if (e.task) bits |= EXTENSION.task;
  if (e.drop) bits |= EXTENSION.drop;
  if (e.socketCookie !== undefined) bits |= EXTENSION.socket;
  if (e.cb) bits |= EXTENSION.cb;
  if (e.beside) bits |= EXTENSION.beside;
  if (e.link) bits |= EXTENSION.link;
  if (e.tap) bits |= EXTENSION.tap;
  if (e.program) bits |= EXTENSION.program;
  if (e.operations) bits |= EXTENSION.operations;
  return bits;
}

/** Size of each extension, in the order in which they follow the metadata. */
const EXTENSION_SIZES: readonly (readonly [bit: number, bytes: number])[] = [
  [EXTENSION.task, L.EXT_TASK_SIZE],
  [EXTENSION.drop, L.EXT_DROP_SIZE],
  [EXTENSION.socket, L.EXT_SOCKET_SIZE],
  [EXTENSION.cb, L.EXT_CB_SIZE],
  [EXTENSION.beside, L.EXT_BESIDE_SIZE],
  [EXTENSION.link, L.EXT_LINK_SIZE],
  [EXTENSION.program, L.EXT_PROGRAM_SIZE],
  [EXTENSION.operations, L.EXT_OPERATIONS_SIZE],
];

function extensionsSize(bits: number): number {
  return EXTENSION_SIZES.reduce((sum, [bit, size]) => sum + ((bits & bit) === 0 ? 0 : size), 0);
}

/** The struct, metadata and extensions as they stand in the option after the enterprise number. */
export function encodeEvent(e: EventFields): Uint8Array {
  const bits = extensionBits(e);
  const metadata = e.metaState === META_STATE.present ? e.metadata : new Uint8Array(0);
  const tap = e.tap ? L.EXT_TAP_SIZE + pad4(e.tap.bytes.length) : 0;
  const out = new Uint8Array(L.EVENT_SIZE + pad4(metadata.length) + extensionsSize(bits) + tap);
  const v = new DataView(out.buffer);
  v.setUint32(L.EVENT_MAGIC, MAGIC_EVENT, true);
  v.setUint8(L.EVENT_VERSION, FORMAT_VERSION);
  v.setUint8(L.EVENT_HOOK, e.hook);
  v.setUint8(L.EVENT_META_STATE, e.metaState);
  v.setUint8(L.EVENT_META_LEN, e.metaLen);
  v.setUint16(L.EVENT_HEADER_LEN, L.EVENT_SIZE, true);
  v.setUint16(L.EVENT_EXTENSIONS, bits, true);
  v.setUint16(L.EVENT_CPU, e.cpu, true);
  v.setUint16(L.EVENT_QUEUE, e.queue, true);
  v.setBigUint64(L.EVENT_SKB, e.skb, true);
  v.setBigUint64(L.EVENT_HEAD, e.head, true);
  v.setUint16(L.EVENT_MAC_OFFSET, e.macOffset, true);
  v.setUint16(L.EVENT_DATA_OFFSET, e.dataOffset, true);
  v.setUint16(L.EVENT_NETWORK_OFFSET, e.networkOffset, true);
  v.setUint16(L.EVENT_FLAGS, e.flags, true);
  v.setUint32(L.EVENT_SKB_LEN, e.skbLen, true);
  v.setUint32(L.EVENT_DATA_LEN, e.dataLen, true);
  v.setUint32(L.EVENT_MARK, e.mark, true);
  v.setUint32(L.EVENT_PRIORITY, e.priority, true);
  v.setUint32(L.EVENT_HASH, e.hash, true);
  v.setUint32(L.EVENT_SKB_IIF, e.skbIif, true);
  v.setUint16(L.EVENT_PROTOCOL, e.protocol, true);
  v.setUint16(L.EVENT_VLAN_TCI, e.vlanTci, true);
  v.setUint32(L.EVENT_END_OFFSET, e.endOffset, true);
  out.set(metadata, L.EVENT_SIZE);
  encodeExtensions(e, out, v, L.EVENT_SIZE + pad4(metadata.length));
  return out;
}

function encodeExtensions(e: EventExtensions, out: Uint8Array, v: DataView, start: number): void {
  let at = start;
  if (e.task) {
    v.setUint32(at + L.EXT_TASK_PID, e.task.pid, true);
    v.setUint32(at + L.EXT_TASK_TGID, e.task.tgid, true);
    out.set(encodeUtf8(e.task.comm).subarray(0, 15), at + L.EXT_TASK_COMM);
    at += L.EXT_TASK_SIZE;
  }
  if (e.drop) {
    v.setUint32(at + L.EXT_DROP_REASON, e.drop.reason, true);
    v.setBigUint64(at + L.EXT_DROP_LOCATION, e.drop.location, true);
    at += L.EXT_DROP_SIZE;
  }
  if (e.socketCookie !== undefined) {
    v.setBigUint64(at + L.EXT_SOCKET_COOKIE, e.socketCookie, true);
    at += L.EXT_SOCKET_SIZE;
  }
  if (e.cb) {
    out.set(e.cb.subarray(0, L.EXT_CB_SIZE), at);
    at += L.EXT_CB_SIZE;
  }
  if (e.beside) {
    v.setBigUint64(at + L.EXT_BESIDE_HWTSTAMP, e.beside.hwtstamp, true);
    v.setUint16(at + L.EXT_BESIDE_VLAN_PROTO, e.beside.vlanProto, true);
    v.setUint8(at + L.EXT_BESIDE_SKB_EXTENSIONS, e.beside.skbExtensions);
    at += L.EXT_BESIDE_SIZE;
  }
  if (e.link) {
    v.setUint8(at + L.EXT_LINK_KIND, e.link.kind);
    v.setBigUint64(at + L.EXT_LINK_JOURNEY, e.link.journey, true);
    at += L.EXT_LINK_SIZE;
  }
  if (e.tap) {
    v.setUint8(at + L.EXT_TAP_KIND, e.tap.kind);
    v.setUint8(at + L.EXT_TAP_JOIN, e.tap.join);
    v.setUint16(at + L.EXT_TAP_LENGTH, e.tap.bytes.length, true);
    out.set(e.tap.bytes, at + L.EXT_TAP_SIZE);
    at += L.EXT_TAP_SIZE + pad4(e.tap.bytes.length);
  }
  if (e.program) {
    v.setUint32(at + L.EXT_PROGRAM_ID, e.program.id, true);
    v.setInt32(at + L.EXT_PROGRAM_VERDICT, e.program.verdict ?? 0, true);
    v.setUint8(at + L.EXT_PROGRAM_KIND, e.program.kind);
    v.setUint8(at + L.EXT_PROGRAM_RETURNED, e.program.verdict === null ? 0 : 1);
    at += L.EXT_PROGRAM_SIZE;
  }
  if (e.operations) encodeOperations(e.operations, v, at);
}

function encodeOperations(operations: readonly SeenOperation[], v: DataView, at: number): void {
  v.setUint8(at + L.EXT_OPERATIONS_COUNT, operations.length);
  operations.forEach((one, i) => {
    const o = at + L.EXT_OPERATIONS_SEEN + i * L.OPERATION_SEEN_SIZE;
    const flags =
      (one.returned ? OPERATION_FLAG.returned : 0) | (one.headChanged ? OPERATION_FLAG.headChanged : 0);
    v.setUint8(o + L.OPERATION_SEEN_OPERATION, one.operation);
    v.setUint8(o + L.OPERATION_SEEN_FLAGS, flags);
    v.setUint8(o + L.OPERATION_SEEN_META_BEFORE, one.metaBefore);
    v.setUint8(o + L.OPERATION_SEEN_META_AFTER, one.metaAfter);
    v.setUint16(o + L.OPERATION_SEEN_MAC_BEFORE, one.macBefore, true);
    v.setUint16(o + L.OPERATION_SEEN_MAC_AFTER, one.macAfter, true);
  });
}

/** The ones that are counted, and for which there is room. */
function readOperations(v: DataView, at: number): SeenOperation[] {
  const count = Math.min(v.getUint8(at + L.EXT_OPERATIONS_COUNT), MAX_OPERATIONS);
  return Array.from({ length: count }, (_, i) => {
    const o = at + L.EXT_OPERATIONS_SEEN + i * L.OPERATION_SEEN_SIZE;
    const flags = v.getUint8(o + L.OPERATION_SEEN_FLAGS);
    return {
      operation: v.getUint8(o + L.OPERATION_SEEN_OPERATION),
      returned: (flags & OPERATION_FLAG.returned) !== 0,
      headChanged: (flags & OPERATION_FLAG.headChanged) !== 0,
      metaBefore: v.getUint8(o + L.OPERATION_SEEN_META_BEFORE),
      metaAfter: v.getUint8(o + L.OPERATION_SEEN_META_AFTER),
      macBefore: v.getUint16(o + L.OPERATION_SEEN_MAC_BEFORE, true),
      macAfter: v.getUint16(o + L.OPERATION_SEEN_MAC_AFTER, true),
    };
  });
}

/** Where the metadata bytes of an event stand, in `buf`; length 0 when there are none. */
export interface Area {
  readonly start: number;
  readonly length: number;
}

function viewOf(buf: Uint8Array, start: number, length: number): DataView | null {
  const whole = start >= 0 && length >= L.EVENT_SIZE && start + length <= buf.length;
  return whole ? new DataView(buf.buffer, buf.byteOffset + start, length) : null;
}

function headerAndMetadata(v: DataView): Area | null {
  const start = v.getUint16(L.EVENT_HEADER_LEN, true);
  const present = v.getUint8(L.EVENT_META_STATE) === META_STATE.present;
  const length = present ? v.getUint8(L.EVENT_META_LEN) : 0;
  return start >= L.EVENT_SIZE && start + length <= v.byteLength ? { start, length } : null;
}

/**
 * Extensions of the event at buf[eventStart..eventStart+eventLength) (PacketView.eventStart). Reads up to
 * the first bit that is not known or that the length has no room for; copies `cb`. Never throws.
 */
export function readEventExtensions(
  buf: Uint8Array,
  eventStart: number,
  eventLength: number,
): EventExtensions {
  const v = viewOf(buf, eventStart, eventLength);
  const area = v && headerAndMetadata(v);
  if (!area) return {};
  const bits = v.getUint16(L.EVENT_EXTENSIONS, true);
  let at = area.start + pad4(area.length);
  const out: { -readonly [K in keyof EventExtensions]: EventExtensions[K] } = {};
  const room = (size: number): boolean => at + size <= eventLength;
  if ((bits & EXTENSION.task) !== 0) {
    if (!room(L.EXT_TASK_SIZE)) return out;
    out.task = {
      pid: v.getUint32(at + L.EXT_TASK_PID, true),
      tgid: v.getUint32(at + L.EXT_TASK_TGID, true),
      comm: decodeCString(buf, eventStart + at + L.EXT_TASK_COMM, 16),
    };
    at += L.EXT_TASK_SIZE;
  }
  if ((bits & EXTENSION.drop) !== 0) {
    if (!room(L.EXT_DROP_SIZE)) return out;
    out.drop = {
      reason: v.getUint32(at + L.EXT_DROP_REASON, true),
      location: v.getBigUint64(at + L.EXT_DROP_LOCATION, true),
    };
    at += L.EXT_DROP_SIZE;
  }
  if ((bits & EXTENSION.socket) !== 0) {
    if (!room(L.EXT_SOCKET_SIZE)) return out;
    out.socketCookie = v.getBigUint64(at + L.EXT_SOCKET_COOKIE, true);
    at += L.EXT_SOCKET_SIZE;
  }
  if ((bits & EXTENSION.cb) !== 0) {
    if (!room(L.EXT_CB_SIZE)) return out;
    out.cb = buf.slice(eventStart + at, eventStart + at + L.EXT_CB_SIZE);
    at += L.EXT_CB_SIZE;
  }
  if ((bits & EXTENSION.beside) !== 0) {
    if (!room(L.EXT_BESIDE_SIZE)) return out;
    out.beside = {
      hwtstamp: v.getBigUint64(at + L.EXT_BESIDE_HWTSTAMP, true),
      vlanProto: v.getUint16(at + L.EXT_BESIDE_VLAN_PROTO, true),
      skbExtensions: v.getUint8(at + L.EXT_BESIDE_SKB_EXTENSIONS),
    };
    at += L.EXT_BESIDE_SIZE;
  }
  if ((bits & EXTENSION.link) !== 0) {
    if (!room(L.EXT_LINK_SIZE)) return out;
    out.link = {
      kind: v.getUint8(at + L.EXT_LINK_KIND),
      journey: v.getBigUint64(at + L.EXT_LINK_JOURNEY, true),
    };
    at += L.EXT_LINK_SIZE;
  }
  if ((bits & EXTENSION.tap) !== 0) {
    if (!room(L.EXT_TAP_SIZE)) return out;
    const length = v.getUint16(at + L.EXT_TAP_LENGTH, true);
    const start = eventStart + at + L.EXT_TAP_SIZE;
    if (length > MAX_TAP_BYTES || !room(L.EXT_TAP_SIZE + pad4(length))) return out;
    out.tap = {
      kind: v.getUint8(at + L.EXT_TAP_KIND),
      join: v.getUint8(at + L.EXT_TAP_JOIN),
      bytes: buf.slice(start, start + length),
    };
    at += L.EXT_TAP_SIZE + pad4(length);
  }
  if ((bits & EXTENSION.program) !== 0) {
    if (!room(L.EXT_PROGRAM_SIZE)) return out;
    const returned = v.getUint8(at + L.EXT_PROGRAM_RETURNED) !== 0;
    out.program = {
      id: v.getUint32(at + L.EXT_PROGRAM_ID, true),
      kind: v.getUint8(at + L.EXT_PROGRAM_KIND),
      verdict: returned ? v.getInt32(at + L.EXT_PROGRAM_VERDICT, true) : null,
    };
    at += L.EXT_PROGRAM_SIZE;
  }
  if ((bits & EXTENSION.operations) !== 0 && room(L.EXT_OPERATIONS_SIZE)) {
    out.operations = readOperations(v, at);
  }
  return out;
}

/** The whole event as an object (metadata copied), or null when the bytes are not one of this version. */
export function readEvent(buf: Uint8Array, eventStart: number, eventLength: number): EventFields | null {
  const v = viewOf(buf, eventStart, eventLength);
  if (v === null || v.getUint32(L.EVENT_MAGIC, true) !== MAGIC_EVENT) return null;
  if (v.getUint8(L.EVENT_VERSION) !== FORMAT_VERSION) return null;
  const area = headerAndMetadata(v);
  const metaState = v.getUint8(L.EVENT_META_STATE);
  if (area === null || !isMetaState(metaState)) return null;
  const metaAt = eventStart + area.start;
  return {
    hook: v.getUint8(L.EVENT_HOOK),
    metaState,
    metaLen: v.getUint8(L.EVENT_META_LEN),
    metadata: buf.slice(metaAt, metaAt + area.length),
    cpu: v.getUint16(L.EVENT_CPU, true),
    queue: v.getUint16(L.EVENT_QUEUE, true),
    skb: v.getBigUint64(L.EVENT_SKB, true),
    head: v.getBigUint64(L.EVENT_HEAD, true),
    macOffset: v.getUint16(L.EVENT_MAC_OFFSET, true),
    dataOffset: v.getUint16(L.EVENT_DATA_OFFSET, true),
    networkOffset: v.getUint16(L.EVENT_NETWORK_OFFSET, true),
    flags: v.getUint16(L.EVENT_FLAGS, true),
    skbLen: v.getUint32(L.EVENT_SKB_LEN, true),
    dataLen: v.getUint32(L.EVENT_DATA_LEN, true),
    mark: v.getUint32(L.EVENT_MARK, true),
    priority: v.getUint32(L.EVENT_PRIORITY, true),
    hash: v.getUint32(L.EVENT_HASH, true),
    skbIif: v.getUint32(L.EVENT_SKB_IIF, true),
    protocol: v.getUint16(L.EVENT_PROTOCOL, true),
    vlanTci: v.getUint16(L.EVENT_VLAN_TCI, true),
    endOffset: v.getUint32(L.EVENT_END_OFFSET, true),
    ...readEventExtensions(buf, eventStart, eventLength),
  };
}

function isMetaState(value: number): value is MetaState {
  return (Object.values(META_STATE) as number[]).includes(value);
}
