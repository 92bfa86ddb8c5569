/** What a page may ask an agent to capture, and what the agent says about it, checked at both ends: `GET` and `POST /api/capture`, JSON. */
import * as v from 'valibot';

const MAX_TEXTS = 64;
/** A host may have many devices. */
const MAX_NAMES = 4096;
const MAX_TEXT_CHARS = 4096;
/** Of a POST; everything below fits well. */
export const MAX_CAPTURE_ASK_BYTES = 64 * 1024;

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT_CHARS, `longer than ${MAX_TEXT_CHARS} characters`));
const texts = v.pipe(v.array(text), v.maxLength(MAX_TEXTS, `more than ${MAX_TEXTS}`));
const names = v.pipe(v.array(text), v.maxLength(MAX_NAMES));
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
export const CAPTURE_FIELDS = Object.keys(captureAsk.entries) as CaptureField[];

export const NOTHING_ASKED: CaptureAsk = {
  devices: [],
  netns: null,
  hooks: '',
  filter: '',
  mark: '',
  hasMetadata: false,
  tlv: [],
  sample: null,
  rate: null,
  trigger: [],
  before: null,
  after: null,
};

/** What an answer to `GET /api/capture` says. */
export const captureControls = v.object({
  /** '' = it can be changed from the page; else why not, one line. */
  refused: text,
  /** In force; null = nothing is captured. */
  ask: v.nullable(captureAsk),
  /** What there is to choose from, where the agent sees it. */
  devices: names,
  namespaces: names,
});
export type CaptureControls = v.InferOutput<typeof captureControls>;

/** Of `POST /api/capture`; `field`: what of the question is wrong, null = none of its parts. */
export const captureAnswer = v.union([
  v.object({ ok: v.literal(true) }),
  v.object({
    ok: v.literal(false),
    field: v.nullable(v.picklist(CAPTURE_FIELDS)),
    cause: text,
    remedy: text,
  }),
]);
export type CaptureAnswer = v.InferOutput<typeof captureAnswer>;

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
