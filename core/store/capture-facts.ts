/**
 * What a capture says about itself, as it is read: sections and runs, host, hooks, schema, gaps. Both
 * the store and `inspect` follow a capture with it. Spools repeat these blocks in every segment, so a
 * body that is the same as the last of its kind is not parsed again.
 */
import { GAP_CAUSE as GAP_CAUSE_AT, GAP_COUNT, GAP_FROM, GAP_INTERFACE } from '#core/format/layout.gen.ts';
import {
  GAP_SIZE,
  GAP_TO,
  SECTION_RUN,
  SECTION_SEGMENT,
  SECTION_SIZE,
  SECTION_STARTED,
} from '#core/format/layout.gen.ts';
import { TRIGGERED_JOURNEY, TRIGGERED_SIZE, TRIGGERED_TEXT_LENGTH } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { formatHex } from '#core/dissect/addresses.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { decodeUtf8 } from '#core/pcapng/text.ts';
import type { CustomBlock, InterfaceInfo, Problem, SectionInfo } from '#core/pcapng/types.ts';
import { nsFromParts, type Ns } from '#core/time/ns.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import { FilesRead } from './files-read.ts';
import { causeName } from './gap-ledger.ts';
import { runName } from './run-name.ts';
import { RunCopies, type RunCopy } from './run-copies.ts';
import { MissingHooks, type Unattached, type Whereabouts } from './missing-hooks.ts';
import { MAX_HOSTS, MAX_JSON_BYTES, MAX_SCHEMAS, MAX_TOLD, MAX_TRIGGERED_BYTES } from './limits.ts';
import {
  blockText,
  parseCatalogue,
  parseFilter,
  parseHost,
  type HostFacts,
  type Parsed,
} from './host-facts.ts';
import type { CaptureFilter, Firing, MissingHook } from './view.ts';

const RUN_BYTES = 16;
const ALL_INTERFACES = 0xffff_ffff;
/** Index of no interface. */
const UNDECLARED = -1;
const COUNT_UNKNOWN = 0xffff_ffff_ffff_ffffn;

export interface FoundGap {
  /** Of its block in the capture. */
  readonly offset: number;
  /** Index over the whole capture; null = all, UNDECLARED = none of the section's. */
  readonly interface: number | null;
  readonly cause: string;
  readonly count: number | null;
  readonly from: Ns;
  readonly to: Ns;
}

export interface FactsListener {
  /** Another schema than before reads what comes; null = none does, for the run that it is of has none. */
  schema(schema: MetadataSchema | null): void;
  gap(gap: FoundGap): void;
  /** Body of a cost block (cost-log.ts), valid during the call. false = it is none. */
  cost(body: Uint8Array): boolean;
  triggered(firing: Firing): void;
  problem(problem: Problem): void;
}

/** What a run has said of itself so far: its next section repeats it, whichever run's sections are in between. */
interface Said {
  /** The last of each kind. */
  readonly bodies: Map<number, Uint8Array>;
  host: HostFacts | null;
  filter: CaptureFilter | null;
  missing: readonly Unattached[];
  /** What the last schema block was parsed to, which another run may have said. */
  schema: MetadataSchema | null;
  /** What reads the metadata of the run: its last schema that is one. */
  readBy: MetadataSchema | null;
}

export class CaptureFacts {
  readonly sections: SectionInfo[] = [];
  /** Number of the run that the section being read belongs to: what a journey id is unique within. */
  run = 0;
  /** Runs are numbered below this. */
  runs = 0;
  /** The section being read has a section block: its gap blocks are the ledger of loss. */
  hasLedger = false;
  /** What was asked for in the section being read; null when the capture does not say. */
  filter: CaptureFilter | null = null;
  /** Manifests and notes of shares, as they are. */
  readonly told: CustomBlock[] = [];
  /** Of the section being read: index over the whole capture, by id. */
  interfaces: number[] = [];
  /** Each with what it was parsed from: runs repeat them, and those of several hosts take turns. */
  private readonly schemas: { readonly body: Uint8Array; readonly schema: MetadataSchema }[] = [];
  private hostsParsed = 0;
  private readonly copies = new RunCopies();
  /** Number of each. */
  private readonly knownRuns = new Map<RunCopy, number>();
  private readonly files = new FilesRead();
  /** Hex of the random id, and which copy of that run it is, by number of the run. */
  private readonly runIds: ({ readonly id: string; readonly copy: number } | undefined)[] = [];
  /** Unix time in ns, likewise. */
  private readonly starts: ({ readonly hi: number; readonly lo: number } | undefined)[] = [];
  private readonly hosts: { offset: number; facts: HostFacts | null }[] = [];
  /** By file and hostname: asked for each area of a schema that is chosen by the place. */
  private readonly byFile = new Map<string, Map<string, HostFacts>>();
  /** By number of the run, of those with a section block. */
  private readonly saidOf: (Said | undefined)[] = [];
  private last: Said = {
    bodies: new Map(),
    host: null,
    filter: null,
    missing: [],
    schema: null,
    readBy: null,
  };
  /** By number of the run: the last schema that was in force in it. */
  private readonly schemaOfRun: (MetadataSchema | null | undefined)[] = [];
  /** The schema that the listener was told last. */
  private schemaInForce: MetadataSchema | null = null;
  /** Of the section being read. */
  private readBy: MetadataSchema | null = null;
  private readonly missing = new MissingHooks();
  /** Of the section being read: null = no catalogue yet. */
  private sectionMissing: readonly Unattached[] | null = null;
  /** Of the section being read: of the file that its run began in. */
  private sectionFile = '';
  /** Of the section being read: null = no interface yet. */
  private sectionPlace: Whereabouts | null = null;
  private readonly listener: FactsListener;

  constructor(listener: FactsListener) {
    this.listener = listener;
  }

  section(info: SectionInfo): void {
    this.sections.push(info);
    this.interfaces = [];
    this.hasLedger = false;
    this.filter = null;
    this.sectionMissing = null;
    this.sectionFile = this.files.name;
    this.sectionPlace = null;
    this.readBy = null;
    this.run = this.runs++;
    if (this.hosts.at(-1)?.facts != null) this.hosts.push({ offset: info.offset, facts: null });
  }

  interface(info: InterfaceInfo): void {
    this.interfaces[info.id] = info.index;
    // A section says its schema before the first of them, or has none.
    this.useSchema();
  }

  custom(block: CustomBlock): void {
    switch (block.subtype) {
      case BLOCK_SUBTYPE.section:
        this.sectionBlock(block);
        return;
      case BLOCK_SUBTYPE.gap:
        this.gapBlock(block);
        return;
      case BLOCK_SUBTYPE.catalogue: {
        if (this.isNew(block))
          this.last.missing = this.take(block, 'hook catalogue', parseCatalogue(block.body)) ?? [];
        this.sectionMissing = this.last.missing;
        if (this.sectionPlace !== null) this.missing.set(this.sectionPlace, this.last.missing);
        return;
      }
      case BLOCK_SUBTYPE.host: {
        if (this.isNew(block)) this.hostBlock(block);
        if (this.hosts.at(-1)?.facts !== this.last.host) {
          this.hosts.push({ offset: block.offset, facts: this.last.host });
        }
        if (this.last.host !== null) this.setNewest(this.last.host);
        return;
      }
      case BLOCK_SUBTYPE.file:
        this.fileBlock(block);
        return;
      case BLOCK_SUBTYPE.filter:
        if (this.isNew(block)) this.last.filter = this.take(block, 'filter', parseFilter(block.body));
        this.filter = this.last.filter;
        return;
      case BLOCK_SUBTYPE.triggered:
        this.triggeredBlock(block);
        return;
      case BLOCK_SUBTYPE.schema:
        if (this.isNew(block)) this.last.schema = this.schemaBlock(block);
        if (this.last.schema === null) return;
        this.readBy = this.last.schema;
        if (this.hasLedger) this.last.readBy = this.last.schema;
        this.useSchema();
        return;
      case BLOCK_SUBTYPE.cost:
        if (!this.listener.cost(block.body)) {
          this.skip(block, 'cost', 'shorter than it says');
        }
        return;
      case BLOCK_SUBTYPE.manifest:
      case BLOCK_SUBTYPE.notes:
        // Read when they are asked for (workers/share/arrived.ts).
        if (this.told.length < MAX_TOLD && block.body.length <= MAX_JSON_BYTES) {
          this.told.push({ ...block, body: block.body.slice() });
        }
        return;
      default:
      // A kind of block of a newer Whither; the standard says to skip it.
    }
  }

  /** The host that an event at this offset of the capture was seen on; null when the capture does not say. */
  hostAt(offset: number): HostFacts | null {
    // Where agents are joined it changes several times a second.
    let low = 0;
    for (let high = this.hosts.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.hosts[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    return this.hosts[low - 1]?.facts ?? null;
  }

  /** The host that events being read now were seen on. */
  get host(): HostFacts | null {
    return this.hosts.at(-1)?.facts ?? null;
  }

  /** How many files began. */
  get fileCount(): number {
    return this.files.count;
  }

  /** The section being read goes on with the recording of an earlier file. */
  get goesOn(): boolean {
    return this.sectionFile !== this.files.name;
  }

  get missingHooks(): readonly MissingHook[] {
    return this.missing.list;
  }

  /** Host and file that the section being read is of, as far as it has said so. */
  get place(): Whereabouts {
    return { host: this.host?.hostname ?? '', file: this.sectionFile };
  }

  /**
   * Where the hops are that the interfaces of the section being read are: on the host that the section names before the first of
   * them, for hops are counted from then on. '' = it names none. Asked at each interface.
   */
  placeOfHops(): Whereabouts {
    if (this.sectionPlace === null) {
      this.sectionPlace = this.place;
      if (this.sectionMissing !== null) this.missing.set(this.sectionPlace, this.sectionMissing);
    }
    return this.sectionPlace;
  }

  /** The newest that the capture says of a host in a file; '' = of one without a name. */
  newestOf({ host, file }: Whereabouts): HostFacts | null {
    return this.byFile.get(file)?.get(host) ?? null;
  }

  /** Name of a drop reason (a number of the kernel that the event at `offset` was seen on). */
  dropReason(offset: number, reason: number): string {
    return this.hostAt(offset)?.dropReasons.get(reason) ?? `reason ${reason}`;
  }

  /**
   * @0 run, @16 segment, @24 start. Sections with the same run continue its journeys; another copy of it has its own (run-copies.ts).
   */
  private sectionBlock(block: CustomBlock): void {
    if (block.body.length < SECTION_SIZE) {
      this.skip(block, 'section', `${block.body.length} bytes, less than ${SECTION_SIZE}`);
      return;
    }
    this.hasLedger = true;
    const id = formatHex(block.body, SECTION_RUN, RUN_BYTES);
    const view = new DataView(block.body.buffer, block.body.byteOffset, block.body.byteLength);
    const copy = this.copies.copyOf(id, view.getUint32(SECTION_SEGMENT, true), this.files);
    this.sectionFile = copy.file;
    const known = this.knownRuns.get(copy);
    if (known !== undefined) this.run = known;
    else {
      this.knownRuns.set(copy, this.run);
      this.runIds[this.run] = { id, copy: copy.number };
      this.starts[this.run] = {
        hi: view.getUint32(SECTION_STARTED + 4, true),
        lo: view.getUint32(SECTION_STARTED, true),
      };
      this.saidOf[this.run] = { ...this.last, bodies: new Map(this.last.bodies), readBy: null };
    }
    this.last = this.saidOf[this.run]!;
    this.readBy = this.last.readBy;
  }

  /**
   * Names the run in a link (run-name.ts): the first hex digits of its random id, which stay when earlier
   * runs are no longer kept, and from the second copy on its number in hex; '' when the capture has none.
   */
  runName(run: number): string {
    const { id = '', copy = 1 } = this.runIds[run] ?? {};
    return runName(id, copy);
  }

  /** All 32 hex digits of the id, and which copy of that run it is, from 1 on; null when the capture has none. */
  runId(run: number): { readonly id: string; readonly copy: number } | null {
    return this.runIds[run] ?? null;
  }

  /** What reads the metadata of a run: its last schema; null = it has none. */
  schemaOf(run: number): MetadataSchema | null {
    return this.schemaOfRun[run] ?? null;
  }

  /** When watching began in a run, Unix time in ns; null = the capture does not say. */
  startOf(run: number): { readonly hi: number; readonly lo: number } | null {
    return this.starts[run] ?? null;
  }

  private useSchema(): void {
    this.schemaOfRun[this.run] = this.readBy;
    if (this.readBy === this.schemaInForce) return;
    this.schemaInForce = this.readBy;
    this.listener.schema(this.readBy);
  }

  private gapBlock(block: CustomBlock): void {
    const { body } = block;
    if (body.length < GAP_SIZE) {
      this.skip(block, 'gap', `${body.length} bytes, less than ${GAP_SIZE}`);
      return;
    }
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const id = view.getUint32(GAP_INTERFACE, true);
    const count = view.getBigUint64(GAP_COUNT, true);
    this.listener.gap({
      offset: block.offset,
      interface: id === ALL_INTERFACES ? null : (this.interfaces[id] ?? UNDECLARED),
      cause: causeName(body[GAP_CAUSE_AT]!),
      count: count === COUNT_UNKNOWN ? null : Number(count),
      from: ns(view, GAP_FROM),
      to: ns(view, GAP_TO),
    });
  }

  private triggeredBlock(block: CustomBlock): void {
    const { body } = block;
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const length = body.length < TRIGGERED_SIZE ? -1 : view.getUint32(TRIGGERED_TEXT_LENGTH, true);
    if (length < 0 || length > MAX_TRIGGERED_BYTES || TRIGGERED_SIZE + length > body.length) {
      this.skip(block, 'triggered', 'shorter than it says');
      return;
    }
    this.listener.triggered({
      journey: view.getBigUint64(TRIGGERED_JOURNEY, true).toString(),
      text: decodeUtf8(body, TRIGGERED_SIZE, length),
    });
  }

  private fileBlock(block: CustomBlock): void {
    const fault = this.files.take(block.body);
    if (fault === null) this.sectionFile = this.files.name;
    else this.skip(block, 'file', fault);
  }

  private setNewest(facts: HostFacts): void {
    let hosts = this.byFile.get(this.sectionFile);
    if (hosts === undefined) this.byFile.set(this.sectionFile, (hosts = new Map<string, HostFacts>()));
    hosts.set(facts.hostname, facts);
  }

  private hostBlock(block: CustomBlock): void {
    this.last.host = null;
    if (this.hostsParsed >= MAX_HOSTS) {
      this.skip(block, 'host', `more than ${MAX_HOSTS} of them`);
      return;
    }
    this.hostsParsed++;
    this.last.host = this.take(block, 'host', parseHost(block.body));
  }

  private schemaBlock(block: CustomBlock): MetadataSchema | null {
    const known = this.schemas.find(({ body }) => sameBytes(body, block.body));
    if (known !== undefined) return known.schema;
    const text = blockText(block.body);
    const parsed = 'fault' in text ? null : parseSchema(text.value);
    if (parsed?.ok === true && this.schemas.length < MAX_SCHEMAS) {
      this.schemas.push({ body: this.last.bodies.get(block.subtype)!, schema: parsed.schema });
      return parsed.schema;
    }
    if ('fault' in text) this.skip(block, 'metadata schema', text.fault);
    else if (parsed?.ok === true) this.skip(block, 'metadata schema', `more than ${MAX_SCHEMAS} of them`);
    else {
      const first = parsed?.errors[0];
      this.skip(
        block,
        'metadata schema',
        first ? `${first.path || 'the whole'}: ${first.message}` : 'not valid',
      );
    }
    return null;
  }

  /** Whether the body differs from the last one of its kind. */
  private isNew(block: CustomBlock): boolean {
    const last = this.last.bodies.get(block.subtype);
    if (last !== undefined && sameBytes(last, block.body)) return false;
    this.last.bodies.set(block.subtype, block.body.slice());
    return true;
  }

  private take<T>(block: CustomBlock, what: string, parsed: Parsed<T>): T | null {
    if ('value' in parsed) return parsed.value;
    this.skip(block, what, parsed.fault);
    return null;
  }

  private skip(block: CustomBlock, what: string, fault: string): void {
    this.listener.problem({
      code: 'bad-block',
      offset: block.offset,
      cause: `The ${what} block here is not as it should be (${fault}); it is ignored.`,
      remedy: 'Everything else is shown. Check the program that wrote the capture.',
      fatal: false,
    });
  }
}

function ns(view: DataView, at: number): Ns {
  return nsFromParts(view.getUint32(at + 4, true), view.getUint32(at, true));
}
