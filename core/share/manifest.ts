/** What a share says of itself: it travels in it, as the last block, so that nobody takes what was left out for what was not there. */
import * as v from 'valibot';
import { parseJson, type Parsed } from '#core/store/host-facts.ts';
import type { ValueCounts } from './area.ts';
import { VALUE_RULES, type SharePolicy } from './policy.ts';

const MAX_TEXT = 512;
const MAX_VALUES = 1024;
const MAX_HOOKS = 256;
/** Decimal digits of a u64 or less. */
const Decimal = v.pipe(v.string(), v.regex(/^\d{1,20}$/));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const Keep = v.picklist(['keep', 'drop']);
const Stand = v.picklist(['keep', 'pseudonym']);

const Policy = v.object({
  payload: Keep,
  addresses: Stand,
  names: Stand,
  programs: Stand,
  kernelAddresses: Stand,
  marks: Keep,
  controlBlock: Keep,
  texts: Keep,
  unknown: Keep,
  values: v.pipe(
    v.record(Text, v.picklist(VALUE_RULES)),
    v.check((values) => Object.keys(values).length <= MAX_VALUES, `more than ${MAX_VALUES} values`),
  ),
});

const Manifest = v.object({
  /** Of this object. */
  share: v.literal(1),
  /** ISO 8601, by the clock of whoever made it. */
  created: Text,
  /** When it is to be deleted; null = never. */
  expires: v.nullable(Text),
  policy: Policy,
  /** What was asked for; null = everything. `journeys`: how many. */
  selection: v.object({
    fromNs: v.nullable(Decimal),
    toNs: v.nullable(Decimal),
    journeys: v.nullable(Count),
    hooks: v.nullable(v.pipe(v.array(Count), v.maxLength(MAX_HOOKS))),
  }),
  events: v.object({ kept: Count, left: Count }),
  removed: v.object({
    payloadBytes: Count,
    unknownBytes: Count,
    comments: Count,
    /** Blocks of kinds that do not go out, or that could not be read. */
    blocks: Count,
    /** Of them, by what they are; not there = it was made before they were told apart. */
    kinds: v.optional(v.record(Text, Count)),
    mapEntries: Count,
  }),
  /** By `SCHEMA.TYPE`; `SCHEMA.` = types that it does not know. */
  values: v.record(Text, v.object({ kept: Count, replaced: Count, dropped: Count })),
});

export type ShareManifest = v.InferOutput<typeof Manifest>;

/** Body of a manifest block; or what is wrong with it, in a few words. */
export function parseManifest(body: Uint8Array): Parsed<ShareManifest> {
  return parseJson(body, Manifest);
}

/** What went in and what did not, while a share is made. */
export interface ShareTally {
  kept: number;
  left: number;
  payloadBytes: number;
  comments: number;
  blocks: number;
  readonly kinds: Map<string, number>;
  mapEntries: number;
}

export function newTally(): ShareTally {
  return { kept: 0, left: 0, payloadBytes: 0, comments: 0, blocks: 0, kinds: new Map(), mapEntries: 0 };
}

/** `kind`: of a block that does not go out. */
export function countBlock(tally: ShareTally, kind: string): void {
  tally.blocks++;
  tally.kinds.set(kind, (tally.kinds.get(kind) ?? 0) + 1);
}

export interface ManifestParts {
  readonly created: string;
  readonly expires: string | null;
  readonly policy: SharePolicy;
  readonly selection: ShareManifest['selection'];
  readonly tally: ShareTally;
  readonly unknownBytes: number;
  readonly values: ReadonlyMap<string, ValueCounts>;
}

export function manifestOf(parts: ManifestParts): ShareManifest {
  const { kept, left, payloadBytes, comments, blocks, kinds, mapEntries } = parts.tally;
  return {
    share: 1,
    created: parts.created,
    expires: parts.expires,
    policy: { ...parts.policy, values: { ...parts.policy.values } },
    selection: parts.selection,
    events: { kept, left },
    removed: {
      payloadBytes,
      unknownBytes: parts.unknownBytes,
      comments,
      blocks,
      kinds: Object.fromEntries(kinds),
      mapEntries,
    },
    values: Object.fromEntries([...parts.values].slice(0, MAX_VALUES)),
  };
}

/** When a share that says `expires` is to be deleted, ms since 1970; without end when it says nothing, or nothing that is a time. */
export function endMsOf(expires: string | null): number {
  const time = expires === null ? NaN : Date.parse(expires);
  return Number.isNaN(time) ? Infinity : time;
}
