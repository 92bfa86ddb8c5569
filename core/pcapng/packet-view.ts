import type { PacketView } from './types.ts';

/** The one object that a reader hands out again and again, before its first packet. */
export function newPacketView(): PacketView {
  return {
    buf: new Uint8Array(0),
    blockOffset: 0,
    blockLength: 0,
    interfaceIndex: 0,
    tsHi: 0,
    tsLo: 0,
    dataStart: 0,
    dataLength: 0,
    originalLength: 0,
    hasPacketId: false,
    packetIdHi: 0,
    packetIdLo: 0,
    flags: 0,
    dropCount: 0,
    queue: -1,
    hasComment: false,
    eventStart: -1,
    eventLength: 0,
    optionsStart: 0,
    optionsLength: 0,
    littleEndian: true,
  };
}
