/**
 * What a stream remembers of the journeys under way: the last events as a store, so that what is told of an event is
 * told by the same code as on the page. Two stores take turns: when the older has WINDOW_EVENTS it is
 * dropped, and the younger, which began half as many events ago, takes over. A journey is followed over at least
 * WINDOW_EVENTS / 2 events of the capture, and memory does not grow with it.
 */
import { formatHex } from '#core/dissect/addresses.ts';
import { SECTION_RUN, SECTION_SIZE } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import type { AreaDecoder } from '#core/metadata/scan.ts';
import type { CaptureSink, CustomBlock, InterfaceInfo, PacketView, SectionInfo } from '#core/pcapng/types.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT } from '#core/store/event-columns.ts';
import { readElsewhere } from '#core/store/elsewhere.ts';
import { CHUNK_MASK, MAX_HOSTS } from '#core/store/limits.ts';
import { isTelling } from '#core/store/sighting-of.ts';
import { diagnosisAt } from './diagnosis-at.ts';
import type { EventFacts } from './event-object.ts';

export const WINDOW_EVENTS = 1 << 18;
const RUN_BYTES = 16;
const SCHEMA_BLOCK = `block ${BLOCK_SUBTYPE.schema}`;

/** Something that a store must have been told before the events: replayed into one that begins later. */
type Declaration = (store: CaptureSink) => void;

/** A store, and of each journey in it the latest event that says whether it had metadata. */
interface Remembered {
  readonly store: CaptureStore;
  readonly telling: Map<number, number>;
}

export class JourneyWindow {
  private older: Remembered;
  private younger: Remembered | null = null;
  /** Of the section being read, in its order; of each kind of block the last counts, and gaps are no matter of journeys. */
  private readonly declared = new Map<string, Declaration>();
  /** By run, of at most MAX_HOSTS: its last schema, which a later section of it need not repeat. */
  private readonly schemas = new Map<string, Declaration>();
  private run = '';
  private readonly half: number;
  private readonly user: AreaDecoder | null;

  /** `user`: decoder of all metadata instead of the capture's schemas. `events`: size of the window. */
  constructor(user: AreaDecoder | null, events = WINDOW_EVENTS) {
    this.user = user;
    this.half = events / 2;
    this.older = this.begin();
  }

  private begin(): Remembered {
    const store = new CaptureStore();
    if (this.user !== null) store.rereading.begin(this.user);
    return { store, telling: new Map() };
  }

  section(info: SectionInfo): void {
    // Interfaces of earlier sections are not named again; their places are kept by their indices.
    this.declared.clear();
    this.run = '';
    this.declare('section', (store) => store.section(info));
  }

  interface(info: InterfaceInfo): void {
    this.declare(`interface ${info.id}`, (store) => store.interface(info));
  }

  custom(block: CustomBlock): void {
    const kept = { ...block, body: block.body.slice() };
    const tell: Declaration = (store) => store.custom(kept);
    this.declare(`block ${block.subtype}`, tell);
    if (block.subtype === BLOCK_SUBTYPE.section && block.body.length >= SECTION_SIZE) {
      this.run = formatHex(block.body, SECTION_RUN, RUN_BYTES);
      const schema = this.schemas.get(this.run);
      if (schema !== undefined) this.declared.set(SCHEMA_BLOCK, schema);
    }
    if (block.subtype !== BLOCK_SUBTYPE.schema || this.run === '') return;
    // More runs than hosts are none of a capture that is read.
    if (this.schemas.size < MAX_HOSTS || this.schemas.has(this.run)) this.schemas.set(this.run, tell);
  }

  private declare(what: string, tell: Declaration): void {
    tell(this.older.store);
    if (this.younger !== null) tell(this.younger.store);
    this.declared.set(what, tell);
  }

  /** Takes in an event and tells what became of its metadata, and which schema of the document in force reads it. */
  packet(p: PacketView): Pick<EventFacts, 'diagnosis' | 'links' | 'decoder' | 'elsewhere'> {
    if (this.younger !== null && this.older.store.events.count >= 2 * this.half) {
      this.older = this.younger;
      this.younger = null;
    }
    if (this.younger === null && this.older.store.events.count >= this.half) {
      this.younger = this.begin();
      for (const tell of this.declared.values()) tell(this.younger.store);
    }
    if (this.younger !== null) keep(this.younger, p);
    const { store } = this.older;
    const { event, journey, recorded, before } = keep(this.older, p);
    const area = store.events.chunk(event).area[event & CHUNK_MASK]!;
    const decoder = area === 0 ? null : store.tlvs.decoderFor(area);
    const inForce = store.documentOf(journey);
    const bytes = p.buf.subarray(p.dataStart, p.dataStart + p.dataLength);
    const linkType = store.interfaces[p.interfaceIndex]?.linkType ?? 0;
    const elsewhere = inForce === null ? [] : readElsewhere(inForce, store, event, bytes, linkType);
    return { ...diagnosisAt(store, event, journey, before, recorded), decoder, elsewhere };
  }
}

/** Takes an event in. `before`: the latest of its journey that is telling, -1 = none. */
function keep({ store, telling }: Remembered, p: PacketView) {
  const event = store.events.count;
  store.packet(p);
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const journey = chunk.journey[row]!;
  const before = telling.get(journey) ?? -1;
  if (isTelling(chunk, row)) telling.set(journey, event);
  return { event, journey, before, recorded: (chunk.flags[row]! & EVENT_BIT.recorded) !== 0 };
}
