/** Interface Description Block (draft-ietf-opsawg-pcapng 4.2), with Whither's option for hook and netns. */
import { HOOK_NONE } from '#core/format/hooks.ts';
import {
  FORMAT_VERSION,
  INTERFACE_HOOK,
  INTERFACE_IFINDEX,
  INTERFACE_NETNS,
  INTERFACE_SIZE,
  INTERFACE_VERSION,
  MAGIC_INTERFACE,
  PEN,
} from '#core/format/layout.gen.ts';
import {
  IF_DESCRIPTION,
  IF_FILTER,
  IF_HARDWARE,
  IF_NAME,
  IF_TSOFFSET,
  IF_TSRESOL,
  OPT_CUSTOM_BINARY,
  OPT_CUSTOM_BINARY_NO_COPY,
  TSRESOL_DEFAULT,
} from './blocks.ts';
import { InterfaceClock } from './clock.ts';
import type { Limits } from './limits.ts';
import { type Option, type OptionList, optionText, readOptions } from './options.ts';
import { decodeCString } from './text.ts';
import type { InterfaceInfo } from './types.ts';

const OPTIONS = 16;
/** First byte of if_filter: the rest is text in pcap-filter syntax (others are BPF bytecode). */
const FILTER_IS_TEXT = 0;

interface Place {
  readonly index: number;
  readonly section: number;
  readonly id: number;
}

interface ReadInterface {
  readonly info: InterfaceInfo;
  readonly clock: InterfaceClock;
  /** Where an option ran past the block, else -1. */
  readonly faultAt: number;
}

/** Reads the block at buf[start..start+length): @8 u16 link type, @12 u32 snapLen, @16 options. */
export function readInterface(
  buf: Uint8Array,
  view: DataView,
  start: number,
  length: number,
  le: boolean,
  place: Place,
  limits: Limits,
): ReadInterface {
  const list = readOptions(buf, start + OPTIONS, length - OPTIONS - 4, le);
  const tsresol = list.options.find((o) => o.code === IF_TSRESOL && o.length >= 1);
  const tsoffset = list.options.find((o) => o.code === IF_TSOFFSET && o.length === 8);
  const clock = new InterfaceClock(
    tsresol ? buf[tsresol.start]! : TSRESOL_DEFAULT,
    tsoffset ? view.getBigInt64(tsoffset.start, le) : 0n,
  );
  const info: InterfaceInfo = {
    ...place,
    linkType: view.getUint16(start + 8, le),
    snapLen: view.getUint32(start + 12, le),
    name: optionText(buf, list, IF_NAME, limits),
    description: optionText(buf, list, IF_DESCRIPTION, limits),
    hardware: optionText(buf, list, IF_HARDWARE, limits),
    filter: filterText(buf, list, limits),
    tsNum: clock.num,
    tsDen: clock.den,
    tsOffsetS: clock.offsetS,
    ...whitherFields(view, list, le),
  };
  return { info, clock, faultAt: list.faultAt };
}

/** Whether two blocks describe the same interface, wherever they stand. */
export function isSameInterface(a: InterfaceInfo, b: InterfaceInfo): boolean {
  return (
    a.name === b.name &&
    a.hook === b.hook &&
    a.ifindex === b.ifindex &&
    a.netns === b.netns &&
    a.linkType === b.linkType &&
    a.snapLen === b.snapLen &&
    a.description === b.description &&
    a.hardware === b.hardware &&
    a.filter === b.filter &&
    a.tsNum === b.tsNum &&
    a.tsDen === b.tsDen &&
    a.tsOffsetS === b.tsOffsetS
  );
}

function filterText(buf: Uint8Array, list: OptionList, limits: Limits): string {
  const option = list.options.find((o) => o.code === IF_FILTER && o.length > 1);
  if (option === undefined || buf[option.start] !== FILTER_IS_TEXT) return '';
  return decodeCString(buf, option.start + 1, Math.min(option.length - 1, limits.maxTextBytes));
}

/** An interface in a newer version of the format stays usable: it is one without a hook. */
function whitherFields(
  view: DataView,
  list: OptionList,
  le: boolean,
): Pick<InterfaceInfo, 'hook' | 'ifindex' | 'netns'> {
  const ours = list.options.find((o) => isOurs(view, o, le));
  if (ours === undefined) return { hook: HOOK_NONE, ifindex: 0, netns: 0 };
  const at = ours.start + 4;
  return {
    hook: view.getUint8(at + INTERFACE_HOOK),
    ifindex: view.getUint32(at + INTERFACE_IFINDEX, true),
    netns: view.getUint32(at + INTERFACE_NETNS, true),
  };
}

function isOurs(view: DataView, option: Option, le: boolean): boolean {
  if (option.code !== OPT_CUSTOM_BINARY && option.code !== OPT_CUSTOM_BINARY_NO_COPY) return false;
  if (option.length < 4 + INTERFACE_SIZE || view.getUint32(option.start, le) !== PEN) return false;
  const at = option.start + 4;
  return (
    view.getUint32(at, true) === MAGIC_INTERFACE && view.getUint8(at + INTERFACE_VERSION) === FORMAT_VERSION
  );
}
