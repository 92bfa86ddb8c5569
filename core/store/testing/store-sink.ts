/** A store, and what a test adds to it: everything passes through; `packet` may look at it first or after. */
import type { CaptureSink, InterfaceInfo, PacketView } from '#core/pcapng/types.ts';
import { CaptureStore } from '../capture-store.ts';

export class StoreSink implements CaptureSink {
  readonly store = new CaptureStore();

  section(...args: Parameters<CaptureSink['section']>): void {
    this.store.section(...args);
  }
  interface(info: InterfaceInfo): void {
    this.store.interface(info);
  }
  packet(packet: PacketView): void {
    this.store.packet(packet);
  }
  custom(...args: Parameters<CaptureSink['custom']>): void {
    this.store.custom(...args);
  }
  statistics(...args: Parameters<CaptureSink['statistics']>): void {
    this.store.statistics(...args);
  }
  problem(...args: Parameters<CaptureSink['problem']>): void {
    this.store.problem(...args);
  }
}
