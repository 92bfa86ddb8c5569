/** Notes that travel in a capture: body of a Custom Block of subtype 11, JSON. */
import * as v from 'valibot';
import { parseJson, type Parsed } from '#core/store/host-facts.ts';
import { MAX_NAME_CHARS, MAX_NOTE_CHARS, MAX_NOTES, MAX_REPORT_CHARS } from './limits.ts';

const MAX_VIEW_PARTS = 64;
const MAX_VIEW_CHARS = 2000;

const Decimal = v.pipe(v.string(), v.regex(/^\d{1,20}$/));
const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_CHARS));

/** What a note is about. */
const Pin = v.variant('on', [
  /** `id`: epb_packetid, decimal; `run`: as links name it (CaptureFacts.runName), '' = the only one. */
  v.object({ on: v.literal('journey'), id: Decimal, run: v.pipe(v.string(), v.regex(/^[0-9a-f]{0,32}$/)) }),
  /** As links name it: NAME, then ~NETNS, ~HOST, ~FILE (src/state/hop-key.ts). */
  v.object({ on: v.literal('hop'), hop: Name }),
  v.object({ on: v.literal('tlv'), name: Name }),
  /** Unix ns, both included. */
  v.object({ on: v.literal('time'), fromNs: Decimal, toNs: Decimal }),
  /** Name in the catalogue of causes (core/diagnosis/causes.ts). */
  v.object({ on: v.literal('cause'), cause: Name }),
]);
export type Pin = v.InferOutput<typeof Pin>;

const Notes = v.object({
  /** Of this object. */
  notes: v.literal(1),
  /** Parameters of a link (docs/links.md) without its source, in their order. */
  view: v.pipe(
    v.array(
      v.tuple([
        v.pipe(v.string(), v.maxLength(MAX_NAME_CHARS)),
        v.pipe(v.string(), v.maxLength(MAX_VIEW_CHARS)),
      ]),
    ),
    v.maxLength(MAX_VIEW_PARTS),
  ),
  /** Markdown; '' = none. */
  report: v.pipe(v.string(), v.maxLength(MAX_REPORT_CHARS)),
  /** `text`: Markdown; '' = a journey that is only marked. */
  items: v.pipe(
    v.array(v.object({ pin: Pin, text: v.pipe(v.string(), v.maxLength(MAX_NOTE_CHARS)) })),
    v.maxLength(MAX_NOTES),
  ),
});
export type CaptureNotes = v.InferOutput<typeof Notes>;
export type CaptureNote = CaptureNotes['items'][number];

/** Body of a notes block; or what is wrong with it, in a few words. */
export function parseNotes(body: Uint8Array): Parsed<CaptureNotes> {
  return parseJson(body, Notes);
}
