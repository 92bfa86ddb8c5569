/** `inspect FILE --json`: one object per event while the capture is read, nothing kept. */
import { formatIpv4, formatIpv6, formatMac } from '#core/dissect/addresses.ts';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { PROTOCOL, PROTOCOL_NAMES } from '#core/dissect/types.ts';
import { EVENT_SIZE } from '#core/format/layout.gen.ts';
import { META_STATE } from '#core/format/structs.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { typeWidth } from '#core/metadata/type-number.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { optionComments, readOptions } from '#core/pcapng/options.ts';
import type { CaptureSink, CustomBlock, InterfaceInfo, PacketView } from '#core/pcapng/types.ts';
import type { Problem, SectionInfo } from '#core/pcapng/types.ts';
import { CaptureFacts } from '#core/store/capture-facts.ts';
import { readRecordState } from '#core/store/event-record.ts';
import type { Firing } from '#core/store/capture-view.ts';
import { decimal } from '#core/store/event-text.ts';
import { firingText } from '#core/store/firing-text.ts';
import { MAX_FIRINGS } from '#core/store/limits.ts';
import { JourneyWindow } from './journey-window.ts';
import { eventObject, type InspectedEvent } from './event-object.ts';

const LINKTYPE_ETHERNET = 1;
const ETHERNET_BYTES = 14;
const MAC_BYTES = 6;
const NO_BYTES = new Uint8Array(0);

export interface InspectListener {
  /** `typeBytes`: width of the type field in its metadata. */
  event(event: InspectedEvent, typeBytes: number): void;
  problem(problem: Problem): void;
}

export class InspectSink implements CaptureSink {
  private readonly interfaces: InterfaceInfo[] = [];
  private readonly flow = createFlowFields();
  private readonly record = { state: 0, areaStart: 0, areaLength: 0 };
  private readonly facts: CaptureFacts;
  private readonly listener: InspectListener;
  private readonly window: JourneyWindow;
  private count = 0;
  /** What of a trigger's condition is met with the next event. */
  private fired: Firing[] = [];

  /** `schema` reads all metadata; null = by the schemas in the capture. */
  constructor(listener: InspectListener, schema: MetadataSchema | null = null) {
    this.listener = listener;
    this.window = new JourneyWindow(schema === null ? null : compileSchema(schema));
    this.facts = new CaptureFacts({
      // The window reads by it.
      schema: () => undefined,
      gap: () => undefined,
      cost: () => true,
      triggered: (firing) => {
        if (this.fired.length < MAX_FIRINGS) this.fired.push(firing);
      },
      problem: (problem) => this.problem(problem),
    });
  }

  section(info: SectionInfo): void {
    this.facts.section(info);
    this.window.section(info);
  }

  interface(info: InterfaceInfo): void {
    this.interfaces[info.index] = info;
    this.window.interface(info);
  }

  custom(block: CustomBlock): void {
    this.facts.custom(block);
    this.window.custom(block);
  }

  statistics(): void {
    // Counts of the interface: not an event.
  }

  problem(problem: Problem): void {
    this.listener.problem(problem);
  }

  packet(p: PacketView): void {
    const source = this.interfaces[p.interfaceIndex];
    const { flow, record } = this;
    const linkType = source?.linkType ?? 0;
    dissectFlow(p.buf, p.dataStart, p.dataLength, linkType, flow);
    const recorded = p.eventLength >= EVENT_SIZE;
    if (recorded) readRecordState(p, record);
    const area =
      recorded && record.state === META_STATE.present
        ? p.buf.subarray(record.areaStart, record.areaStart + record.areaLength)
        : NO_BYTES;
    const hasMac =
      flow.family === 0 &&
      flow.protocol !== PROTOCOL.unknown &&
      linkType === LINKTYPE_ETHERNET &&
      p.dataLength >= ETHERNET_BYTES;
    const address = (offset: number, mac: number): string => {
      if (flow.family === 4) return formatIpv4(p.buf, offset);
      if (flow.family === 6) return formatIpv6(p.buf, offset);
      return hasMac ? formatMac(p.buf, mac) : '';
    };
    const told = this.window.packet(p);
    const { decoder } = told;
    const journey = p.hasPacketId ? decimal(p.packetIdHi, p.packetIdLo) : null;
    this.listener.event(
      eventObject({
        n: ++this.count,
        tsHi: p.tsHi,
        tsLo: p.tsLo,
        interfaceName: source?.name ?? '',
        hook: source?.hook ?? 0,
        journey,
        metaState: recorded ? record.state : null,
        area,
        protocol: PROTOCOL_NAMES[flow.protocol],
        src: address(flow.srcOffset, p.dataStart + MAC_BYTES),
        dst: address(flow.dstOffset, p.dataStart),
        sport: flow.srcPort < 0 ? null : flow.srcPort,
        dport: flow.srcPort < 0 ? null : flow.dstPort,
        ...told,
        trigger: firingText(this.fired, journey),
        comments: optionComments(p.buf, readOptions(p.buf, p.optionsStart, p.optionsLength, p.littleEndian)),
      }),
      decoder === null ? 1 : typeWidth(decoder.schema.framing),
    );
    this.fired = [];
  }
}
