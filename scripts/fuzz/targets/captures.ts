/** Captures: the reader alone, the store with what is asked of it, blocks as the agent and the trigger take them. */
import { OneHop } from '#core/emit/one-hop.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { WiresharkExport } from '#core/emit/for-wireshark.ts';
import { BudgetQuery } from '#core/budget/budget-query.ts';
import { inspectStoredEvent } from '#core/inspect/stored.ts';
import { LintSummaryQuery } from '#core/lint/lint-summary.ts';
import { FORMATS } from '#core/metadata/formats/formats.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { EDGE } from '#core/metadata/testing/schemas.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { readEvent } from '#core/pcapng/event.ts';
import { optionComments, readOptions } from '#core/pcapng/options.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { WholeBlocks } from '#core/pcapng/whole-blocks.ts';
import type { CaptureSink } from '#core/pcapng/types.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { eventBytes } from '#core/store/event-bytes.ts';
import { blocksWanted, readJourneyBlocks } from '#core/store/journey-blocks.ts';
import { journeyDetail } from '#core/store/journey-detail.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { sectionBytes } from '#core/store/testing/scenario.ts';
import { parseCondition } from '#core/trigger/condition.ts';
import { Trigger } from '#core/trigger/trigger.ts';
import { holds, type Target } from '../target.ts';
import { BODIES, CAPTURES } from './capture-seeds.ts';

const CAPTURE_BYTES = 64 * 1024;
const WEIGHED_BYTES = 8 * 1024 * 1024;
/** Events and journeys that are asked for, of one capture. */
const MAX_ASKED = 6;
/** Takes everything and keeps nothing. */
function deafSink(): CaptureSink {
  const nothing = (): void => undefined;
  return {
    section: nothing,
    interface: nothing,
    packet: (packet) => {
      const { buf, dataStart, dataLength, optionsStart, optionsLength, littleEndian } = packet;
      const { eventStart, eventLength } = packet;
      holds(dataStart + dataLength <= buf.length, 'a packet outside of its buffer');
      holds(optionsStart + optionsLength <= buf.length, 'options outside of their buffer');
      const list = readOptions(buf, optionsStart, optionsLength, littleEndian);
      optionComments(buf, list);
      if (eventLength > 0) readEvent(buf, eventStart, eventLength);
    },
    custom: nothing,
    statistics: nothing,
    problem: ({ cause, remedy }) => holds(cause !== '' && remedy !== '', 'a problem without words'),
  };
}

/** In two pieces, cut where the input says. */
function feed(reader: CaptureReader, input: Uint8Array): void {
  const at =
    input.length < 2 ? 0 : ((input[input.length - 1]! << 8) | input[input.length - 2]!) % input.length;
  reader.push(input.subarray(0, at));
  reader.push(input.subarray(at));
  reader.end();
}

const reader: Target = {
  name: 'reader',
  seeds: CAPTURES,
  maxBytes: CAPTURE_BYTES,
  weighBytes: WEIGHED_BYTES,
  run: (input) => {
    const one = new CaptureReader(deafSink());
    feed(one, input);
    const hop = new OneHop('edge0:tcx/ingress@last');
    hop.take(input);
    return [one, hop];
  },
};

/** A schema that looks everywhere. */
const EVERYWHERE = compileSchema({
  ...EDGE,
  also: FORMATS.filter(({ schema }) => schema.where !== undefined).map(({ schema }) => {
    const { whither: _, maps: __, also: ___, ...part } = schema;
    return part;
  }),
} satisfies MetadataSchema);

/** What the page asks of events and journeys, with the bytes of their blocks where the capture has them. */
function ask(store: CaptureStore, input: Uint8Array): unknown[] {
  const block = (event: number): Uint8Array => {
    const chunk = store.events.chunk(event);
    const at = chunk.blockOffset(event & CHUNK_MASK);
    return input.subarray(at, at + chunk.blockLength[event & CHUNK_MASK]!);
  };
  const answers: unknown[] = [];
  for (let event = 0; event < Math.min(store.events.count, MAX_ASKED); event++) {
    answers.push(eventBytes(store, event, block(event)), inspectStoredEvent(store, event, block(event)));
  }
  for (let journey = 0; journey < Math.min(store.journeys.count, MAX_ASKED); journey++) {
    const blocks = new Map(blocksWanted(store, journey).map((event) => [event, block(event)]));
    answers.push(journeyDetail(store, journey, readJourneyBlocks(store, blocks)));
  }
  return answers;
}

const captures: Target = {
  name: 'captures',
  seeds: CAPTURES,
  maxBytes: CAPTURE_BYTES,
  run: (input) => {
    const store = new CaptureStore({ seed: 1 });
    feed(new CaptureReader(store), input);
    store.rereading.begin(EVERYWHERE);
    while (!store.rereading.advance(CAPTURE_BYTES));
    ask(store, input);
    const lint = new LintSummaryQuery(store);
    while (!lint.advance(CAPTURE_BYTES));
    lint.summary();
    const budget = new BudgetQuery(store);
    while (!budget.advance(CAPTURE_BYTES));
    budget.budget();
    return store.problems;
  },
};

const SUBTYPES = Object.values(BLOCK_SUBTYPE);
/** Blocks of Whither's own, whatever is in them. */
const blocks: Target = {
  name: 'own-blocks',
  // The first byte says which block.
  seeds: SUBTYPES.flatMap((_, i) => BODIES.map((body) => Uint8Array.from([i, ...body]))),
  maxBytes: CAPTURE_BYTES,
  weighBytes: WEIGHED_BYTES,
  run: (input) => {
    const store = oneStore();
    store.custom({
      offset: 0,
      section: 0,
      version: 1,
      subtype: SUBTYPES[(input[0] ?? 0) % SUBTYPES.length]!,
      body: input.subarray(1),
    });
    return [store.facts, store.maps, store.gaps, store.problems];
  },
};

let shared: { store: CaptureStore; uses: number } | null = null;
const MAX_USES = 500;

/** Making one costs more than a block does. */
function oneStore(): CaptureStore {
  if (shared === null || shared.uses++ >= MAX_USES) {
    const store = new CaptureStore({ seed: 1 });
    new CaptureReader(store).push(sectionBytes({ seen: [{ hook: 'netif_receive_skb', id: 1n, us: 0 }] }));
    shared = { store, uses: 0 };
  }
  return shared.store;
}

const triggers: Target = {
  name: 'trigger',
  seeds: CAPTURES.slice(0, -2),
  maxBytes: CAPTURE_BYTES,
  run: (input) => {
    const parsed = parseCondition(['lost', 'tlv:trace_id=1 and drop']);
    if (!parsed.ok) throw new Error(parsed.cause);
    let kept = 0;
    const trigger = new Trigger(
      {
        condition: parsed.condition,
        before: 2,
        after: 2,
        once: false,
        ringBytes: CAPTURE_BYTES,
        ringJourneys: 64,
      },
      (bytes, start, length) => {
        holds(start >= 0 && start + length <= bytes.length, 'a block outside of its bytes');
        kept += length;
      },
    );
    trigger.useSchema(EDGE);
    // Whole blocks, as the agent cuts them: what has no length of one ends the stream.
    const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
    for (let at = 0; at + 12 <= input.length;) {
      const length = view.getUint32(at + 4, true);
      if (length < 12 || length % 4 !== 0 || at + length > input.length) break;
      trigger.block(view.getUint32(at, true), input, at, length);
      at += length;
    }
    trigger.end();
    return kept;
  },
};

/** Files that are read one behind the other, each of which may be cut off. */
const pieces: Target = {
  name: 'whole-blocks',
  seeds: CAPTURES,
  maxBytes: CAPTURE_BYTES,
  weighBytes: WEIGHED_BYTES,
  run: (input) => {
    const blocks = new WholeBlocks();
    const third = Math.ceil(input.length / 3);
    let bytes = 0;
    for (let at = 0; at < input.length; at += third) {
      for (const whole of blocks.push(input.subarray(at, at + third))) bytes += whole.length;
    }
    holds(bytes + blocks.rest.length === input.length, 'bytes that are neither whole nor left');
    return blocks;
  },
};

const exports: Target = {
  name: 'for-wireshark',
  seeds: CAPTURES,
  maxBytes: CAPTURE_BYTES,
  weighBytes: WEIGHED_BYTES,
  run: (input) => {
    const out = new WiresharkExport(input.length % 2 === 0 ? null : 'eth0:netif_receive_skb');
    const middle = input.length >> 1;
    try {
      return [out.push(input.subarray(0, middle)), out.push(input.subarray(middle)), out.end()].length;
    } catch (thrown) {
      holds(thrown instanceof Error && /^at byte \d+: /.test(thrown.message), `threw ${String(thrown)}`);
      return null;
    }
  },
};

export const CAPTURE_TARGETS: readonly Target[] = [reader, captures, blocks, triggers, pieces, exports];
