/**
 * A capture in, block by block, and out of it a pcapng that may leave: the selected events, redacted. Each block is written anew
 * from what was read of it, so that what nobody looked at does not go along.
 */
import { formatHex } from '#core/dissect/addresses.ts';
import { GAP_SIZE, SECTION_RUN, SECTION_SEGMENT, SECTION_SIZE } from '#core/format/layout.gen.ts';
import { HOOK_NONE } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import type { AreaDecoder } from '#core/metadata/area-scan.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureNotes } from '#core/notes/notes.ts';
import { EPB_VERDICT, OPT_COMMENT } from '#core/pcapng/blocks.ts';
import { readEvent, type EventFields } from '#core/pcapng/event.ts';
import { encodeMapSample, readMapSample } from '#core/pcapng/map-sample.ts';
import { readOptions } from '#core/pcapng/options.ts';
import { decodeCString } from '#core/pcapng/text.ts';
import type {
  CaptureSink,
  CustomBlock,
  ForeignBlock,
  InterfaceInfo,
  PacketView,
  Problem,
  SectionInfo,
  StatisticsInfo,
} from '#core/pcapng/types.ts';
import { CaptureWriter, type PacketOptions } from '#core/pcapng/writer.ts';
import type { HopIdentity } from '#core/store/view.ts';
import { runName } from '#core/store/run-name.ts';
import { hopKeys } from '#core/store/hop-keys.ts';
import { ownFileName } from '#core/store/file-path.ts';
import { FilesRead } from '#core/store/files-read.ts';
import { parseHost, type HostFacts } from '#core/store/host-facts.ts';
import { RunCopies } from '#core/store/run-copies.ts';
import { nsFromParts } from '#core/time/ns.ts';
import { AreaRedactor } from './area.ts';
import { EventRedactor } from './event.ts';
import type { ExpressionRules } from './expression.ts';
import { HostRedactor, readSchema } from './host-blocks.ts';
import { countBlock, manifestOf, newTally, type ShareManifest } from './manifest.ts';
import { MapRedactor } from './map-sample.ts';
import { shareNotes, type SharedNotes } from './notes.ts';
import { PacketCache } from './packet-cache.ts';
import { PacketRedactor } from './packet.ts';
import type { SharePolicy, ValueRule } from './policy.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { SchemasInForce } from './schemas-in-force.ts';
import { SharedHops } from './shared-hops.ts';
import { SharedPins } from './shared-pins.ts';
import { SharedPrograms } from './shared-programs.ts';
import { SharedTasks } from './shared-tasks.ts';
import { isEverything, isSelected, runKey, type ShareSelection } from './selection.ts';
import { readTold } from './told.ts';

export interface SnapshotOptions {
  readonly policy: SharePolicy;
  readonly selection: ShareSelection;
  /** KEY_BYTES (keyed.ts) of randomness, made for this share and then forgotten. */
  readonly key: Uint8Array;
  /** In place of the schemas in the capture; null = those. */
  readonly schema: MetadataSchema | null;
  /** ISO 8601. */
  readonly created: string;
  /** null = never. */
  readonly expires: string | null;
  /** Instead of never: when the shares that the capture is made of are to be deleted, the first of them. */
  readonly keepsExpiry?: boolean;
  /** null = those that the capture has. */
  readonly notes: CaptureNotes | null;
  /** Also notes on what does not go. */
  readonly allNotes?: boolean;
  /** What its files are called, which are in no block of it. */
  readonly files?: readonly string[];
  /** Told of each packet that goes out, for a preview: nothing of it may be kept but copies. */
  readonly watch?: (packet: WatchedPacket) => void;
}

/** One packet as it was, and as it goes out. */
export interface WatchedPacket {
  /** As it goes out. */
  readonly hop: string;
  readonly hopBefore: string;
  readonly netns: number;
  readonly netnsBefore: number;
  readonly linkType: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** What reads the metadata area; null = nothing does. */
  readonly decoder: AreaDecoder | null;
  /** What the kernel said of it; null = nothing. */
  readonly event: { readonly before: EventFields; readonly after: EventFields } | null;
  /** The metadata area. */
  readonly areaBefore: Uint8Array;
  readonly areaAfter: Uint8Array;
}

const NO_BYTES = new Uint8Array();

/** Of all kernels of a capture together; a filter that asks for one beyond them stays here. */
const MAX_DROP_REASONS = 4096;
const VERDICT_BYTES = 9;
const RUN_BYTES = 16;

export class Snapshot implements CaptureSink {
  /** What stopped the reader, or made it leave something out. */
  readonly problems: Problem[] = [];
  readonly names: Pseudonyms;
  readonly #options: SnapshotOptions;
  readonly #out = new CaptureWriter();
  readonly #tally = newTally();
  readonly #areas: AreaRedactor;
  readonly #packets: PacketRedactor;
  readonly #cache: PacketCache;
  readonly #events: EventRedactor;
  readonly #maps: MapRedactor;
  readonly #host: HostRedactor;
  readonly #schemas: SchemasInForce;
  readonly #hops = new SharedHops();
  readonly #programs = new SharedPrograms();
  readonly #tasks = new SharedTasks();
  readonly #interfaces: {
    readonly info: InterfaceInfo;
    readonly hop: HopIdentity;
    /** As they go out. */
    readonly name: string;
    readonly netns: number;
    /** What links call it. */
    readonly keys: readonly string[];
    went: boolean;
  }[] = [];
  /** Whose hops the interfaces of the section being read are, as in a store (`placeOfHops`); null = it has none yet. */
  #hostOfHops: string | null = null;
  #facts: HostFacts | null = null;
  readonly #copies = new RunCopies();
  readonly #files = new FilesRead();
  /** That the section being read is of: its run may have begun in an earlier one. */
  #file = '';
  /** What the run being read is called in links and notes. */
  #runName = '';
  #notes: CaptureNotes | null;
  readonly #pins: SharedPins;
  /** When a share that this is made of is to be deleted. */
  #expires: string | null = null;
  /** Of all hosts that the share has told of. */
  readonly #dropReasons = new Set<string>();
  #schemaWritten = false;
  /** `runKey` of the section being read, and how many there were. */
  #run = 0n;
  #runs = 0;

  constructor(options: SnapshotOptions) {
    const { policy, key, schema } = options;
    this.#options = options;
    this.#notes = options.notes;
    this.#pins = new SharedPins(options.notes?.items ?? []);
    this.names = new Pseudonyms(key);
    this.#areas = new AreaRedactor(policy, this.names);
    this.#packets = new PacketRedactor(policy, this.names, this.#areas);
    this.#cache = new PacketCache((bytes, linkType) => this.#packets.redact(bytes, linkType));
    this.#events = new EventRedactor(policy, this.names, this.#areas);
    this.#maps = new MapRedactor(policy, this.names, this.#areas);
    this.#host = new HostRedactor(policy, this.names);
    this.#schemas = new SchemasInForce(policy, schema, (decoder) => {
      this.#packets.use(decoder);
      this.#events.use(decoder);
      this.#maps.use(decoder);
      this.#cache.clear();
    });
  }

  /** The blocks written since the last call, as a copy. */
  take(): Uint8Array {
    return this.#out.take();
  }

  /** Events so far: those that went in, and those that were not selected. */
  get progress(): { readonly kept: number; readonly left: number } {
    return { kept: this.#tally.kept, left: this.#tally.left };
  }

  /** Writes notes and manifest; nothing may be read after it. */
  end(): ShareManifest {
    if (this.#notes !== null) this.#out.json(BLOCK_SUBTYPE.notes, this.notes(this.#notes).notes);
    const manifest = this.manifest();
    this.#out.json(BLOCK_SUBTYPE.manifest, manifest);
    return manifest;
  }

  /** That have been read. */
  get sections(): number {
    return this.#runs;
  }

  /** It is to be deleted when the share is that it is made of. */
  get inheritsExpiry(): boolean {
    const { expires, keepsExpiry = false } = this.#options;
    return expires === null && keepsExpiry && this.#expires !== null;
  }

  /** Those that were given, or that the capture has, as they are in it; null = there are none. */
  get written(): CaptureNotes | null {
    return this.#notes;
  }

  /** By `SCHEMA.TYPE` of what has been read so far: the rules that values can have. */
  get valueRules(): ReadonlyMap<string, readonly ValueRule[]> {
    return this.#schemas.rules;
  }

  /** As they go out, by what has been read so far, and what of the view does not. */
  notes(notes: CaptureNotes): SharedNotes {
    const { policy, selection, allNotes = false, files = [] } = this.#options;
    for (const file of files) this.#host.name('file', file);
    const isAll = allNotes || isEverything(selection);
    const types = new Set(this.#areas.counts.keys());
    const { kept, readsMark } = this.#schemas;
    const rules: ExpressionRules = {
      policy,
      names: this.names,
      kept,
      readsMark,
      dropReasons: this.#dropReasons,
      hops: this.#hops,
      programs: this.#programs,
      tasks: this.#tasks,
    };
    return shareNotes(notes, rules, (pin) => isAll || this.#pins.has(pin, types));
  }

  /** As it is now: for a preview. */
  manifest(): ShareManifest {
    const { policy, selection, created, expires } = this.#options;
    const { fromNs, toNs, journeys, hooks } = selection;
    return manifestOf({
      created,
      expires: this.inheritsExpiry ? this.#expires : expires,
      policy,
      selection: {
        fromNs: fromNs?.toString() ?? null,
        toNs: toNs?.toString() ?? null,
        journeys: journeys?.size ?? null,
        hooks: hooks === null ? null : [...hooks].sort((a, b) => a - b),
      },
      tally: this.#tally,
      unknownBytes: this.#areas.unknownBytes,
      values: this.#areas.counts,
    });
  }

  section(info: SectionInfo): void {
    const { names, texts } = this.#options.policy;
    this.#tally.comments += info.comments.length;
    this.#out.sectionHeader({
      userAppl: this.#host.shaped('application', info.userAppl),
      ...(names === 'keep' && { hardware: info.hardware, os: info.os }),
      ...(texts === 'keep' && { comments: info.comments }),
    });
    this.#facts = null;
    this.#hostOfHops = null;
    this.#file = this.#files.name;
    this.#schemaWritten = false;
    this.#run = runKey('', this.#runs++);
    this.#runName = '';
    this.#schemas.section(null);
  }

  interface(info: InterfaceInfo): void {
    this.#writeSchema();
    // A section says its schema before the first of them, or has none.
    this.#schemas.read();
    const { hook, linkType, snapLen, ifindex } = info;
    const name = this.#host.interfaceName(info.name, hook);
    const netns = this.#netns(info.netns);
    this.#hostOfHops ??= this.#facts?.hostname ?? '';
    const where = { host: this.#hostOfHops, file: this.#file };
    const hop = this.#hops.open(info, where, {
      name,
      netns,
      host: this.#host.name('host', where.host),
      file: this.#host.file(where.file),
    });
    const keys = hopKeys({ ...where, name: info.name, netns: info.netns });
    this.#interfaces[info.index] = { info, hop, name, netns, keys, went: false };
    this.#out.interfaceDescription({
      linkType,
      snapLen,
      name,
      description: this.#host.name('netns', info.description),
      hardware: this.#host.driver(info.hardware),
      filter: this.#host.text(info.filter),
      ...(hook !== HOOK_NONE && { whither: { hook, ifindex, netns } }),
    });
  }

  packet(packet: PacketView): void {
    const from = this.#interfaces[packet.interfaceIndex]!;
    const { info, hop, name, netns } = from;
    const time = nsFromParts(packet.tsHi, packet.tsLo);
    if (!isSelected(this.#options.selection, packet, time, info.hook, this.#run)) {
      this.#tally.left++;
      return;
    }
    this.#tally.kept++;
    const { buf, dataStart, dataLength, originalLength, eventStart, eventLength } = packet;
    const bytes = buf.subarray(dataStart, dataStart + dataLength);
    const journey = packet.hasPacketId
      ? (BigInt(packet.packetIdHi) << 32n) | BigInt(packet.packetIdLo)
      : null;
    this.#pins.event(journey, this.#runName, time);
    if (!from.went) this.#pins.hop(from.keys);
    from.went = true;
    const data = this.#cache.redact(bytes, info.linkType, journey);
    this.#tally.payloadBytes += dataLength - data.length;
    const event = eventStart < 0 ? null : readEvent(buf, eventStart, eventLength);
    const decoder = event === null ? null : this.#schemas.decoderOf(event.metadata, hop, this.#facts);
    const shared = event === null ? null : this.#events.redact(event, decoder);
    if (event?.task !== undefined && shared?.task !== undefined) this.#tasks.add(event.task, shared.task);
    this.#options.watch?.({
      hop: name,
      hopBefore: info.name,
      netns,
      netnsBefore: info.netns,
      linkType: info.linkType,
      before: bytes,
      after: data,
      decoder,
      event: event === null || shared === null ? null : { before: event, after: shared },
      areaBefore: event?.metadata ?? NO_BYTES,
      areaAfter: shared?.metadata ?? NO_BYTES,
    });
    this.#out.enhancedPacket({
      interfaceId: info.id,
      time,
      data,
      originalLength,
      ...(packet.flags !== 0 && { flags: packet.flags }),
      ...(packet.dropCount !== 0 && { dropCount: BigInt(packet.dropCount) }),
      ...(journey !== null && { packetId: journey }),
      ...(packet.queue >= 0 && { queue: packet.queue }),
      ...(shared !== null && { event: shared }),
      ...this.#rareOptions(packet),
    });
  }

  custom(block: CustomBlock): void {
    const { subtype, body } = block;
    switch (subtype) {
      case BLOCK_SUBTYPE.section:
        if (body.length < SECTION_SIZE) return;
        this.#run = this.#takeRun(body);
        this.#schemas.section(this.#run);
        this.#out.custom(subtype, body.subarray(0, SECTION_SIZE));
        return;
      case BLOCK_SUBTYPE.gap:
        if (body.length >= GAP_SIZE) this.#out.custom(subtype, body.subarray(0, GAP_SIZE));
        return;
      case BLOCK_SUBTYPE.host: {
        const parsed = parseHost(body);
        this.#facts = 'fault' in parsed ? null : parsed.value;
        const host = this.#host.host(body);
        this.#json(subtype, host);
        this.#facts?.programs?.forEach((program, i) => {
          const shared = host?.programs?.[i];
          if (shared !== undefined) this.#programs.add(program, shared);
        });
        for (const reason of Object.values(host?.dropReasons ?? {})) {
          if (this.#dropReasons.size < MAX_DROP_REASONS) this.#dropReasons.add(reason);
        }
        return;
      }
      case BLOCK_SUBTYPE.file: {
        const isOne = this.#files.take(body) === null;
        if (isOne) this.#file = this.#files.name;
        const { name, turn } = this.#files;
        this.#json(subtype, isOne ? { name: ownFileName(this.#host.file(name)), ...turn } : null);
        return;
      }
      case BLOCK_SUBTYPE.catalogue:
        this.#json(subtype, this.#host.catalogue(body));
        return;
      case BLOCK_SUBTYPE.filter:
        this.#json(subtype, this.#host.filter(body));
        return;
      case BLOCK_SUBTYPE.schema:
        this.#schema(body);
        return;
      case BLOCK_SUBTYPE.mapSample:
        this.#mapSample(body);
        return;
      case BLOCK_SUBTYPE.notes:
      case BLOCK_SUBTYPE.manifest:
        this.#told(block);
        return;
      default:
        countBlock(this.#tally, `of Whither’s kind ${subtype}`);
    }
  }

  /** Counters of the whole run would contradict a part of it. */
  statistics(info: StatisticsInfo): void {
    const { info: of } = this.#interfaces[info.interfaceIndex]!;
    if (!isEverything(this.#options.selection)) {
      countBlock(this.#tally, 'statistics');
      return;
    }
    this.#out.interfaceStatistics({
      interfaceId: of.id,
      time: info.time,
      ...(info.received !== null && { received: info.received }),
      ...(info.dropped !== null && { dropped: info.dropped }),
      ...(info.delivered !== null && { delivered: info.delivered }),
    });
  }

  foreign(block: ForeignBlock): void {
    countBlock(this.#tally, block);
  }

  problem(problem: Problem): void {
    this.problems.push(problem);
  }

  /** As a store takes it (capture-facts.ts): which run the section is of, and which file. */
  #takeRun(section: Uint8Array): bigint {
    const id = formatHex(section, SECTION_RUN, RUN_BYTES);
    const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
    const copy = this.#copies.copyOf(id, view.getUint32(SECTION_SEGMENT, true), this.#files);
    this.#file = copy.file;
    this.#runName = runName(id, copy.number);
    return runKey(id, copy.number);
  }

  /** What a share says of itself, which this one says anew, and what was written in it. */
  #told(block: CustomBlock): void {
    const told = readTold(block);
    if (told === null) return;
    if ('notes' in told) {
      if (this.#options.notes === null) this.#notes = told.notes;
    } else if ('manifest' in told) {
      const { expires } = told.manifest;
      const isFirst =
        this.#expires === null || (expires !== null && Date.parse(expires) < Date.parse(this.#expires));
      if (isFirst) this.#expires = expires;
    } else {
      countBlock(this.#tally, 'unreadable');
    }
  }

  #json(subtype: number, value: unknown): void {
    if (value === null) countBlock(this.#tally, 'unreadable');
    else this.#out.json(subtype, value);
  }

  #schema(body: Uint8Array): void {
    if (this.#options.schema !== null) return;
    const schema = readSchema(body);
    this.#json(BLOCK_SUBTYPE.schema, schema === null ? null : this.#host.schema(schema));
    if (schema === null) return;
    this.#schemas.say(schema, body, this.#run);
  }

  /** The schema that takes the place of the capture's goes where that would stand. */
  #writeSchema(): void {
    const { schema } = this.#options;
    if (schema === null || this.#schemaWritten) return;
    this.#schemaWritten = true;
    this.#out.json(BLOCK_SUBTYPE.schema, this.#host.schema(schema));
  }

  #mapSample(body: Uint8Array): void {
    this.#schemas.read();
    const read = readMapSample(body);
    const sample =
      'fault' in read ? null : this.#maps.redact(read.value, this.#facts?.maps.get(read.value.map) ?? '');
    if (sample === null) this.#tally.mapEntries++;
    else this.#out.custom(BLOCK_SUBTYPE.mapSample, encodeMapSample(sample));
  }

  #netns(inode: number): number {
    return this.#options.policy.names === 'keep'
      ? inode
      : Number(this.names.numbers.hidden('netns', BigInt(inode)));
  }

  /** Comments and the verdict, which a `PacketView` does not have. */
  #rareOptions(packet: PacketView): Pick<PacketOptions, 'comments' | 'verdict'> {
    const { buf, optionsStart, optionsLength, littleEndian } = packet;
    if (optionsLength === 0) return {};
    const { options } = readOptions(buf, optionsStart, optionsLength, littleEndian);
    const verdict = options.find(({ code, length }) => code === EPB_VERDICT && length === VERDICT_BYTES);
    const comments = options.filter(({ code }) => code === OPT_COMMENT);
    const kept = this.#options.policy.texts === 'keep' ? comments : [];
    this.#tally.comments += comments.length - kept.length;
    return {
      ...(kept.length > 0 && {
        comments: kept.map(({ start, length }) => decodeCString(buf, start, length)),
      }),
      ...(verdict !== undefined && { verdict: readVerdict(buf, verdict.start, littleEndian) }),
    };
  }
}

function readVerdict(buf: Uint8Array, at: number, littleEndian: boolean): { kind: number; value: bigint } {
  const v = new DataView(buf.buffer, buf.byteOffset + at, VERDICT_BYTES);
  return { kind: v.getUint8(0), value: v.getBigUint64(1, littleEndian) };
}
