/** The question as fields of a form hold it, and back; and what the agent answers. */
import * as v from 'valibot';
import {
  captureAnswer,
  captureControls,
  NOTHING_ASKED,
  type CaptureAnswer,
  type CaptureAsk,
  type CaptureControls,
  type CaptureField,
} from '#core/protocol/capture-ask.ts';
import { unreachable } from '#workers/sources/unreachable.ts';

/** All as text, as it is typed; lists with commas between. */
export type Form = { readonly [F in Exclude<CaptureField, 'hasMetadata'>]: string } & {
  readonly hasMetadata: boolean;
};

export function formOf(ask: CaptureAsk | null): Form {
  const { devices, netns, hooks, filter, mark, hasMetadata, tlv, sample, rate, trigger, before, after } =
    ask ?? NOTHING_ASKED;
  const number = (value: number | null): string => (value === null ? '' : String(value));
  return {
    devices: devices.join(', '),
    netns: netns ?? '',
    hooks,
    filter,
    mark,
    hasMetadata,
    tlv: tlv.join(', '),
    sample: number(sample),
    rate: number(rate),
    trigger: trigger.join(', '),
    before: number(before),
    after: number(after),
  };
}

/** The question; or the field whose text is no number. */
export function askOfForm(form: Form): CaptureAsk | Extract<CaptureAnswer, { ok: false }> {
  const list = (text: string): string[] =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const numbers: Partial<Record<CaptureField, number | null>> = {};
  for (const field of ['sample', 'rate', 'before', 'after'] as const) {
    const text = form[field].trim();
    if (!/^\d{0,10}$/.test(text)) {
      return { ok: false, field, cause: `“${text}” is no whole number`, remedy: 'write digits, or nothing' };
    }
    numbers[field] = text === '' ? null : Number(text);
  }
  const { sample = null, rate = null, before = null, after = null } = numbers;
  return {
    devices: list(form.devices),
    netns: form.netns.trim() === '' ? null : form.netns.trim(),
    hooks: form.hooks.trim(),
    filter: form.filter.trim(),
    mark: form.mark.trim(),
    hasMetadata: form.hasMetadata,
    tlv: list(form.tlv),
    sample,
    rate,
    trigger: list(form.trigger),
    before,
    after,
  };
}

const address = (): URL => new URL('api/capture', document.baseURI);

/** What this page's own agent captures. Rejects with a sentence. */
export async function fetchControls(): Promise<CaptureControls> {
  const response = await fetch(address(), { credentials: 'same-origin' }).catch(noAnswer);
  if (!response.ok) throw new Error(await refusalText(response));
  return v.parse(captureControls, await response.json());
}

/** Resolves when the agent has tried it: its answer says whether it is in force. Rejects with a sentence. */
export async function postAsk(ask: CaptureAsk, signal: AbortSignal): Promise<CaptureAnswer> {
  const response = await fetch(address(), {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(ask),
    signal,
  }).catch(noAnswer);
  if (!response.ok && response.status !== 422) throw new Error(await refusalText(response));
  return v.parse(captureAnswer, await response.json());
}

/** A request that was taken back is no failure; of any other a browser says no more than that it failed. */
function noAnswer(reason: unknown): never {
  if (!(reason instanceof TypeError)) throw reason;
  const { cause, remedy } = unreachable();
  throw new Error(`${cause} ${remedy}`);
}

async function refusalText(response: Response): Promise<string> {
  const said = (await response.text()).trim();
  return said === '' || said.startsWith('<') ? `The agent answered with HTTP ${response.status}.` : said;
}
