/**
 * A capture in, block by block, and out of it a pcapng that may leave: the selected events, redacted. Each block is written anew
 * from what was read of it, so that what nobody looked at does not go along.
 */
import { GAP_SIZE, SECTION_SIZE } from '#core/format/layout.gen.ts';
import { HOOK_NONE } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import type { CaptureNotes } from '#core/notes/notes.ts';
import { readEvent } from '#core/pcapng/event.ts';
import type { FileTurn } from '#core/pcapng/file-section.ts';
import { encodeMapSample, readMapSample } from '#core/pcapng/map-sample.ts';
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
import { CaptureWriter } from '#core/pcapng/writer.ts';
import type { HopIdentity } from '#core/store/view.ts';
import { hopKeys } from '#core/store/hop-keys.ts';
import { ownFileName } from '#core/store/file-path.ts';
import { parseHost, type HostFacts } from '#core/store/host-facts.ts';
import { nsFromParts } from '#core/time/ns.ts';
import { AreaRedactor } from './area.ts';
import { EventRedactor } from './event.ts';
import type { ExpressionRules } from './expression.ts';
import { HostRedactor, readSchema } from './host-blocks.ts';
import { countBlock, endMsOf, manifestOf, newTally, type ShareManifest } from './manifest.ts';
import { MapRedactor } from './map-sample.ts';
import { shareNotes, type SharedNotes } from './notes.ts';
import { PacketCache } from './packet-cache.ts';
import { PacketRedactor } from './packet.ts';
import type { ValueRule } from './policy.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { SchemasInForce } from './schemas-in-force.ts';
import { SharedHops } from './shared-hops.ts';
import { SharedPins } from './shared-pins.ts';
import { SharedPrograms } from './shared-programs.ts';
import { SharedTasks } from './shared-tasks.ts';
import { rareOptions } from './rare-options.ts';
import { SectionPlace } from './section-place.ts';
import { isEverything, isSelected } from './selection.ts';
import type { SnapshotOptions } from './snapshot-options.ts';
import { readTold } from './told.ts';

const NO_BYTES = new Uint8Array();

/** Of all kernels of a capture together; a filter that asks for one beyond them stays here. */
const MAX_DROP_REASONS = 4096;

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
  readonly #place = new SectionPlace();
  #notes: CaptureNotes | null;
  readonly #pins: SharedPins;
  /** When a share that this is made of is to be deleted. */
  #expires: string | null = null;
  /** Of all hosts that the share has told of. */
  readonly #dropReasons = new Set<string>();
  #schemaWritten = false;

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
    return this.#place.sections;
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
    const { going, readsMark } = this.#schemas;
    const rules: ExpressionRules = {
      policy,
      names: this.names,
      going,
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
    this.#schemaWritten = false;
    this.#place.section();
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
    const where = { host: this.#hostOfHops, file: this.#place.file };
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
    if (!isSelected(this.#options.selection, packet, time, info.hook, this.#place.run)) {
      this.#tally.left++;
      return;
    }
    this.#tally.kept++;
    const { buf, dataStart, dataLength, originalLength, eventStart, eventLength } = packet;
    const bytes = buf.subarray(dataStart, dataStart + dataLength);
    const journey = packet.hasPacketId
      ? (BigInt(packet.packetIdHi) << 32n) | BigInt(packet.packetIdLo)
      : null;
    this.#pins.event(journey, this.#place.runName, time);
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
    const rare = rareOptions(packet, this.#options.policy.texts === 'keep');
    this.#tally.comments += rare.left;
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
      ...rare.options,
    });
  }

  custom(block: CustomBlock): void {
    const { subtype, body } = block;
    switch (subtype) {
      case BLOCK_SUBTYPE.section:
        if (body.length < SECTION_SIZE) return;
        this.#place.takeRun(body);
        this.#schemas.section(this.#place.run);
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
        const taken = this.#place.takeFile(body);
        this.#json(
          subtype,
          taken === null
            ? null
            : { name: ownFileName(this.#host.file(taken.name)), ...this.#sharedTurn(taken.turn) },
        );
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

  /** What a share says of itself, which this one says anew, and what was written in it. */
  #told(block: CustomBlock): void {
    const told = readTold(block);
    if (told === null) return;
    if ('notes' in told) {
      if (this.#options.notes === null) this.#notes = told.notes;
    } else if ('manifest' in told) {
      const { expires } = told.manifest;
      if (this.#expires === null || endMsOf(expires) < endMsOf(this.#expires)) this.#expires = expires;
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
    this.#schemas.say(schema, body, this.#place.run);
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

  /** With a number of the share's own in place of that of the opening, by which shares of one capture could be told to be that. */
  #sharedTurn(turn: FileTurn | null): FileTurn | null {
    if (turn === null) return null;
    const { part, of, side, set } = turn;
    return {
      part,
      of,
      ...(set !== undefined && { set: this.names.opening(set) }),
      ...(side !== undefined && { side }),
    };
  }

  #netns(inode: number): number {
    return this.#options.policy.names === 'keep'
      ? inode
      : Number(this.names.numbers.hidden('netns', BigInt(inode)));
  }
}
