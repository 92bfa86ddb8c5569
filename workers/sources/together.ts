/**
 * Several sources as one: sections of pcapng follow each other, and so captures may, each behind a section that names it
 * (BLOCK_SUBTYPE.file).
 */
import { fileSection } from '#core/pcapng/file-section.ts';
import type { Problem } from '#core/pcapng/types.ts';
import { WholeBlocks } from '#core/pcapng/whole-blocks.ts';
import type { SingleSpec, SourceSpec } from '#workers/api.ts';
import { Fault } from '#workers/fault.ts';
import type { ByteSource, SourceSink, Span } from './source.ts';
import { UrlBudget } from './url-budget.ts';

/** `sourceOf`: of one of them; all addresses among them are under one budget. */
export function togetherOf(
  parts: Extract<SourceSpec, { kind: 'together' }>['parts'],
  sourceOf: (spec: SingleSpec, budget: UrlBudget) => ByteSource,
): TogetherSource {
  const budget = new UrlBudget();
  return new TogetherSource(parts.map((part) => ({ ...part, source: sourceOf(part.source, budget) })));
}

/** Of a Section Header Block, the same in either byte order (pcapng, section 4.1). */
const SECTION_HEADER = [0x0a, 0x0d, 0x0d, 0x0a] as const;
const EMPTY = new Uint8Array(0);

export interface NamedSource {
  readonly name: string;
  readonly source: ByteSource;
  /** Of a comparison, from 1 on. */
  readonly side?: number;
}

interface Part extends NamedSource {
  /** The section that names it, made when its turn comes; it stands right before `from`. */
  front: Uint8Array;
  /** Offset of its first byte in all; -1 = its turn has not come. */
  from: number;
  /** Bytes that it has delivered. */
  length: number;
  /** Bytes at its end that it has not: they are no whole block, and another file follows. */
  cut: number;
}

export class TogetherSource implements ByteSource {
  readonly #parts: readonly Part[];
  readonly #set: number;
  #cancelled = false;

  /** `set`: what tells this opening from others that are within one of the parts, from 1 on. */
  constructor(parts: readonly NamedSource[], set = anySet()) {
    this.#set = set;
    this.#parts = parts.map((part) => ({ ...part, front: EMPTY, from: -1, length: 0, cut: 0 }));
  }

  get title(): string {
    return this.#parts.map(({ name }) => name).join(' + ');
  }

  /** Without the sections that name parts whose turn has not come, which are some bytes. */
  get totalBytes(): number | null {
    let sum = 0;
    for (const { front, source, cut } of this.#parts) {
      if (source.totalBytes === null) return null;
      sum += front.length + source.totalBytes - cut;
    }
    return sum;
  }

  async start(sink: SourceSink): Promise<void> {
    let offset = 0;
    for (const [i, part] of this.#parts.entries()) {
      if (this.#isCancelled()) return;
      const { name, side } = part;
      const turn = { part: i + 1, of: this.#parts.length, set: this.#set };
      part.front = fileSection(name, side === undefined ? turn : { ...turn, side });
      part.from = offset + part.front.length;
      sink.begin({ offset, reset: false, missedBytes: null, file: null });
      await sink.chunk(part.front, offset);
      if (this.#isCancelled()) return;
      sink.begin({ offset: part.from, reset: false, missedBytes: null, file: part.name });
      // What the last one ends with is the reader's: nothing follows that it could be taken for.
      const blocks = i === this.#parts.length - 1 ? null : new WholeBlocks();
      await part.source.start(this.#sinkOf(part, blocks, sink));
      if (this.#isCancelled()) return;
      const rest = blocks?.rest ?? EMPTY;
      part.cut = rest.length;
      if (part.length === 0 && part.cut === 0) throw notTogether(part.name);
      if (part.cut > 0) sink.cutOff(rest, cutOff(part.name, part.cut, part.from + part.length));
      offset = part.from + part.length;
    }
  }

  /** Of one part or of what stands before it: blocks do not reach over both. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const part = this.#parts.findLast(({ front, from }) => from >= 0 && from - front.length <= offset);
    if (part === undefined) throw new Fault('not-read', 'These bytes were not read.', 'Open it again.');
    const at = offset - part.from;
    return at < 0
      ? part.front.slice(part.front.length + at, part.front.length + at + length)
      : part.source.read(at, length);
  }

  fileAt(offset: number): string | null {
    return this.#parts.findLast(({ from }) => from >= 0 && from <= offset)?.name ?? null;
  }

  held(): readonly Span[] {
    return this.#parts
      .filter(({ from }) => from >= 0)
      .flatMap(({ front, from, length, source }) => [
        { offset: from - front.length, length: front.length },
        ...(source.held?.() ?? [])
          .filter((span) => span.offset < length)
          .map((span) => ({
            offset: from + span.offset,
            length: Math.min(span.length, length - span.offset),
          })),
      ]);
  }

  cancel(): void {
    this.#cancelled = true;
    for (const { source } of this.#parts) source.cancel();
  }

  dispose(): void {
    this.#cancelled = true;
    for (const { source } of this.#parts) source.dispose();
  }

  /** A method, because the flag changes while `start` waits and the compiler cannot see that. */
  #isCancelled(): boolean {
    return this.#cancelled;
  }

  /** Of sources that are read to their end, which have nothing to say of a connection. */
  #sinkOf(part: Part, blocks: WholeBlocks | null, sink: SourceSink): SourceSink {
    return {
      begin: () => undefined,
      chunk: async (bytes, offset) => {
        if (offset === 0 && !isPcapng(bytes)) throw notTogether(part.name);
        for (const whole of blocks?.push(bytes) ?? [bytes]) {
          if (this.#isCancelled()) return;
          const at = part.from + part.length;
          part.length += whole.length;
          await sink.chunk(whole, at);
        }
      },
      cutOff: () => undefined,
      connection: () => undefined,
      status: () => undefined,
      agents: () => undefined,
    };
  }
}

/** By chance: nothing of the parts is told with it, and two are hardly ever the same. */
function anySet(): number {
  return 1 + crypto.getRandomValues(new Uint32Array(1))[0]!;
}

/** As far as these are there: a network may hand over a few bytes at a time. */
function isPcapng(bytes: Uint8Array): boolean {
  return SECTION_HEADER.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}

function cutOff(name: string, bytes: number, offset: number): Problem {
  return {
    code: 'truncated',
    offset,
    cause: `${name} ends in the middle of a block, of which ${bytes} bytes are there.`,
    remedy:
      'The recording was cut short, or the copy is not complete. What was read before is kept, and the other files are read.',
    fatal: false,
  };
}

function notTogether(name: string): Fault {
  return new Fault(
    'not-together',
    `${name} is no pcapng, and only those can be opened together.`,
    'Make it one (editcap -F pcapng), or open it alone.',
  );
}
