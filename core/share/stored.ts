/** What an agent says of a share that it keeps; checked at both ends. */
import * as v from 'valibot';

/** 24 bytes of randomness in base64url: whoever has it gets the share. */
export const SHARE_ID = /^[A-Za-z0-9_-]{32}$/;
/** Of a share that an agent takes. */
export const MAX_STORED_BYTES = 256 * 1024 * 1024;
export const MAX_STORED_SHARES = 1000;
export const MAX_TITLE_CHARS = 200;

const Timestamp = v.pipe(v.string(), v.isoTimestamp());

const Stored = v.object({
  id: v.pipe(v.string(), v.regex(SHARE_ID)),
  /** Hex digits. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  title: v.pipe(v.string(), v.maxLength(MAX_TITLE_CHARS)),
  /** null = an agent kept it that did not ask yet. */
  packets: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))), null),
  /** ISO 8601. */
  created: Timestamp,
  /** null = never. */
  expires: v.nullable(Timestamp),
});
export type StoredShare = v.InferOutput<typeof Stored>;

const StoredList = v.pipe(v.array(Stored), v.maxLength(MAX_STORED_SHARES));

/** ISO 8601, as a time of a share has to be. */
export function isTimestamp(text: string): boolean {
  return v.is(Timestamp, text);
}

/** null = it is none. */
export function parseStored(value: unknown): StoredShare | null {
  const parsed = v.safeParse(Stored, value);
  return parsed.success ? parsed.output : null;
}

export function parseStoredList(value: unknown): readonly StoredShare[] | null {
  const parsed = v.safeParse(StoredList, value);
  return parsed.success ? parsed.output : null;
}
