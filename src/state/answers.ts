/** What the page's own server answers with. Loaded while it is asked: checking takes a library, which the first load has no room for. */
import * as v from 'valibot';

const MAX_SAMPLES = 64;
const SampleIndex = v.pipe(
  v.array(
    v.object({
      id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i)),
      title: v.pipe(v.string(), v.maxLength(120)),
      /** Below public/samples, never elsewhere. */
      file: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,120}$/i)),
      /** What one can find out with it. */
      question: v.pipe(v.string(), v.maxLength(600)),
      bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
  ),
  v.maxLength(MAX_SAMPLES),
);
export type Sample = v.InferOutput<typeof SampleIndex>[number];

const Host = v.object({
  live: v.boolean(),
  text: v.pipe(v.string(), v.maxLength(2000)),
  host: v.pipe(v.string(), v.maxLength(300)),
});

/** Throws what is wrong with it. */
export function samplesOf(answer: unknown): readonly Sample[] {
  return v.parse(SampleIndex, answer);
}

/** null: no agent answers like that. */
export function hostOf(answer: unknown): v.InferOutput<typeof Host> | null {
  const parsed = v.safeParse(Host, answer);
  return parsed.success ? parsed.output : null;
}
