/** What a page may ask an agent to capture, and what the agent says about it: `GET` and `POST /api/capture`, JSON. */
import * as v from 'valibot';

const MAX_TEXTS = 64;
const MAX_TEXT_CHARS = 4096;
/** Of a POST; everything below fits well. */
export const MAX_CAPTURE_ASK_BYTES = 64 * 1024;

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT_CHARS, `longer than ${MAX_TEXT_CHARS} characters`));
const texts = v.pipe(v.array(text), v.maxLength(MAX_TEXTS, `more than ${MAX_TEXTS}`));
const count = v.nullable(v.pipe(v.number('not a number'), v.integer('not a whole number'), v.minValue(0)));

/** As the options of the command line, by the same words; '', [] and null = not asked for. */
const captureAsk = v.strictObject({
  devices: texts,
  /** null = the namespace of the probe. */
  netns: v.nullable(text),
  /** Hooks separated by commas, as the probe's `--hooks`. */
  hooks: text,
  /** pcap-filter(7). */
  filter: text,
  /** VALUE or VALUE/MASK. */
  mark: text,
  hasMetadata: v.boolean(),
  /** NAME or NAME=VALUE, by the schema of the capture. */
  tlv: texts,
  /** One journey in so many. */
  sample: count,
  /** Events a second. */
  rate: count,
  /** Conditions, any of which is enough. */
  trigger: texts,
  before: count,
  after: count,
});
export type CaptureAsk = v.InferOutput<typeof captureAsk>;
export type CaptureField = keyof CaptureAsk;
export const CAPTURE_FIELDS = Object.keys(captureAsk.entries) as readonly CaptureField[];

/** What an answer to `GET /api/capture` says. */
export interface CaptureControls {
  /** '' = it can be changed from the page; else why not, one line. */
  readonly refused: string;
  /** In force; null = nothing is captured. */
  readonly ask: CaptureAsk | null;
  /** What there is to choose from, where the agent sees it. */
  readonly devices: readonly string[];
  readonly namespaces: readonly string[];
}

/** Of `POST /api/capture`; `field`: what of the question is wrong, null = none of its parts. */
export type CaptureAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly field: CaptureField | null;
      readonly cause: string;
      readonly remedy: string;
    };

/** A question as it came from anybody; never throws. */
export function parseCaptureAsk(value: unknown): CaptureAsk | CaptureAnswer {
  const result = v.safeParse(captureAsk, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? '';
  const field = CAPTURE_FIELDS.find((name) => path === name || path.startsWith(`${name}.`)) ?? null;
  return {
    ok: false,
    field,
    cause: `${field ?? 'The question'} is not as it should be (${issue.message}).`,
    remedy: 'Reload the page: it may be older than the agent.',
  };
}
