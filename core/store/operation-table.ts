/** What the kernel was seen to do to packets, by event. Few events have any: kept aside, not in columns. */
import { NO_OPERATIONS, type Operation } from '#core/diagnosis/sighting.ts';
import { readEventExtensions } from '#core/pcapng/event.ts';
import { MAX_OPERATION_EVENTS } from './limits.ts';

export class OperationTable {
  private readonly byEvent = new Map<number, readonly Operation[]>();

  /** Keeps those of event number `event`, whose struct is at `eventStart`; false when there is no more room. */
  take(event: number, buf: Uint8Array, eventStart: number, eventLength: number): boolean {
    if (this.byEvent.size >= MAX_OPERATION_EVENTS) return false;
    const { operations } = readEventExtensions(buf, eventStart, eventLength);
    if (operations !== undefined) this.byEvent.set(event, operations);
    return true;
  }

  of(event: number): readonly Operation[] {
    return this.byEvent.size === 0 ? NO_OPERATIONS : (this.byEvent.get(event) ?? NO_OPERATIONS);
  }
}
