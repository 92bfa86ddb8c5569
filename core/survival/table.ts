/**
 * The survival table: what became of packet metadata by operation and kernel, as measured. public/survival/survival.json,
 * written by `npm run kernels -- --publish`, read by the page.
 */
import * as v from 'valibot';

export const OUTCOMES = [
  'survives',
  /** The same bytes elsewhere, and the kernel knows where. */
  'moved',
  'lost',
  /** There is a length, and what it points to is something else, or of an earlier hop. */
  'stale',
  'clobbered',
  /** By a program that is not the one that wrote it. */
  'changed',
  'not possible',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

const MAX_TEXT = 400;
const MAX_KERNELS = 64;
const MAX_OPERATIONS = 512;
/** Below public/survival, never elsewhere. */
const FILE = /^[a-z0-9][a-z0-9.+-]{0,80}\/[a-z0-9][a-z0-9-]{0,60}\.pcapng\.gz$/;

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));

export const survivalCell = v.object({
  outcome: v.picklist(OUTCOMES),
  /** Which bytes, which cause (docs/states.md), why it is not possible. */
  note: v.exactOptional(text),
  /** The recording that shows it, gzip-compressed. */
  capture: v.exactOptional(v.pipe(v.string(), v.regex(FILE))),
});
export type SurvivalCell = v.InferOutput<typeof survivalCell>;

export const survivalTable = v.object({
  whither: v.literal(1),
  kernels: v.pipe(
    v.array(
      v.object({
        release: text,
        /** In QEMU, or on the machine that measured. */
        where: v.picklist(['qemu', 'here']),
        hooksAttached: v.number(),
        hooksKnown: v.number(),
      }),
    ),
    v.maxLength(MAX_KERNELS),
  ),
  rows: v.pipe(
    v.array(
      v.object({
        operation: text,
        /** Of the lab: `whither lab run NAME` does it again. */
        scenario: text,
        summary: text,
        /** By kernel, in their order; null = not run there. */
        cells: v.array(v.nullable(survivalCell)),
      }),
    ),
    v.maxLength(MAX_OPERATIONS),
  ),
});
export type SurvivalTable = v.InferOutput<typeof survivalTable>;
export type SurvivalRow = SurvivalTable['rows'][number];
