/** From what a page asks for to what the probe is started with; what is wrong is told with the field it is in. */
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureAnswer, CaptureAsk, CaptureField } from '#core/protocol/capture-ask.ts';
import { parseCondition } from '#core/trigger/condition.ts';
import { DEFAULT_AFTER, DEFAULT_BEFORE, MAX_AROUND, type TriggerOptions } from '#core/trigger/trigger.ts';
import { Failure } from '../failure.ts';
import { tlvOf } from '../cli/tlv.ts';
import { checkSpec, type CaptureSpec } from './spec.ts';

/** What the page has no say in. */
export type Kept = Pick<CaptureSpec, 'snaplen' | 'maps' | 'mapIntervalMs'>;

export interface Asked {
  readonly ask: CaptureAsk;
  readonly spec: CaptureSpec;
  /** null = everything is kept. */
  readonly trigger: TriggerOptions | null;
}

/** Of a field: Failure with its name. */
class FieldFailure extends Failure {
  readonly field: CaptureField | null;

  constructor(field: CaptureField | null, cause: string, remedy: string) {
    super(cause, remedy);
    this.field = field;
  }
}

/** Failure says what is wrong: give it to `answerOf`. `schema`: of the capture, by which TLVs have names. */
export function askedOf(ask: CaptureAsk, kept: Kept, schema: MetadataSchema | null): Asked {
  const { devices, netns, hooks, filter, mark, hasMetadata, tlv, sample, rate } = ask;
  if (devices.length === 0) {
    throw new FieldFailure('devices', 'no device is chosen', 'choose one at least');
  }
  const spec = {
    ...kept,
    devices,
    netns: netns === '' ? null : netns,
    ...(hooks !== '' && { hooks: hooks.replace(/\s/g, '') }),
    ...(filter !== '' && { filter }),
    ...(mark !== '' && { mark }),
    ...(hasMetadata && { hasMetadata }),
    ...(tlv.length > 0 && { tlv: at('tlv', () => tlvOf(tlv, schema)) }),
    ...(sample !== null && { sample }),
    ...(rate !== null && { rate }),
  };
  return { ask, spec: checked(spec), trigger: triggerOf(ask, schema !== null) };
}

function at<T>(field: CaptureField, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new FieldFailure(field, thrown.message.replace(/^--\w+:? ?/, ''), thrown.remedy);
  }
}

/** checkSpec says in parentheses where it is. */
function checked(spec: unknown): CaptureSpec {
  try {
    return checkSpec(spec);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const field = /\(([a-zA-Z]+)[^()]*\)$/.exec(thrown.message)?.[1] ?? '';
    throw new FieldFailure(isField(field) ? field : null, thrown.message, thrown.remedy);
  }
}

const SPEC_FIELDS: ReadonlySet<string> = new Set([
  'devices',
  'netns',
  'hooks',
  'filter',
  'mark',
  'sample',
  'rate',
]);
const isField = (name: string): name is CaptureField => SPEC_FIELDS.has(name);

function triggerOf({ trigger, before, after }: CaptureAsk, schema: boolean): TriggerOptions | null {
  if (trigger.length === 0) return null;
  const parsed = parseCondition(trigger);
  if (!parsed.ok) throw new FieldFailure('trigger', parsed.cause, parsed.remedy);
  if (!schema && parsed.condition.terms.some(({ kind }) => kind === 'tlv')) {
    throw new FieldFailure(
      'trigger',
      'without a schema nobody can tell which bytes are a TLV',
      'start whither with --schema FILE',
    );
  }
  for (const [field, value] of [
    ['before', before],
    ['after', after],
  ] as const) {
    if ((value ?? 0) > MAX_AROUND) {
      throw new FieldFailure(field, `${value} are too many`, `give 0 to ${MAX_AROUND}`);
    }
  }
  return {
    condition: parsed.condition,
    before: before ?? DEFAULT_BEFORE,
    after: after ?? DEFAULT_AFTER,
    once: false,
  };
}

/** What the probe says when it cannot begin, by the field that it is about. */
const SAID: readonly (readonly [RegExp, CaptureField])[] = [
  [/\bfilter\b/, 'filter'],
  [/\bno device\b/i, 'devices'],
  [/\bnamespace\b/, 'netns'],
  [/\bhook\b/, 'hooks'],
];

/** A refusal as the page shows it. */
export function answerOf(failure: Failure): CaptureAnswer {
  const field =
    failure instanceof FieldFailure
      ? failure.field
      : (SAID.find(([pattern]) => pattern.test(failure.message))?.[1] ?? null);
  return { ok: false, field, cause: failure.message, remedy: failure.remedy };
}
