/** JSON that a capture carries about its host. It is as hostile as the rest of the capture. */
import * as v from 'valibot';
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import { parseKernelVersion } from '#core/diagnosis/kernel-version.ts';
import type { Program } from '#core/diagnosis/types.ts';
import type { FileTurn } from '#core/pcapng/file-section.ts';
import { decodeUtf8 } from '#core/pcapng/text.ts';
import { MAX_JSON_BYTES } from './limits.ts';
import type { Unattached } from './missing-hooks.ts';
import type { CaptureFilter } from './view.ts';

const MAX_TEXT = 512;
const MAX_EXPRESSION = 8192;
const MAX_DEVICES = 256;
const MAX_TLVS = 64;
const MAX_HOOKS = 256;
const MAX_REASONS = 1024;
const MAX_PROGRAMS = 4096;

const MAX_MAPS = 256;

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const longText = v.pipe(v.string(), v.maxLength(MAX_EXPRESSION));

export const Catalogue = v.object({
  hooks: v.pipe(
    v.array(
      v.object({
        id: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
        name: text,
        attached: v.boolean(),
        how: v.optional(text, ''),
        reason: v.optional(text, ''),
      }),
    ),
    v.maxLength(MAX_HOOKS),
  ),
});

/** Another place than one from 1 on is none, as with a writer that says none. */
const turn = v.optional(v.fallback(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))), null), null);
const CaptureFile = v.object({
  name: v.pipe(text, v.minLength(1)),
  part: turn,
  of: turn,
  set: turn,
  side: turn,
});

export const Host = v.object({
  kernel: v.optional(text, ''),
  hostname: v.optional(text, ''),
  dropReasons: v.optional(
    v.pipe(
      v.record(v.pipe(v.string(), v.regex(/^\d{1,10}$/)), text),
      v.check(
        (reasons) => Object.keys(reasons).length <= MAX_REASONS,
        `more than ${MAX_REASONS} drop reasons`,
      ),
    ),
    {},
  ),
  maps: v.optional(
    v.pipe(
      v.array(v.object({ id: v.pipe(v.number(), v.integer(), v.minValue(0)), name: text })),
      v.maxLength(MAX_MAPS),
    ),
    [],
  ),
  programs: v.optional(
    v.nullable(
      v.pipe(
        v.array(
          v.object({
            id: v.pipe(v.number(), v.integer(), v.minValue(0)),
            name: text,
            tag: v.optional(text, ''),
            attach: text,
            device: v.optional(text, ''),
          }),
        ),
        v.maxLength(MAX_PROGRAMS),
      ),
    ),
    null,
  ),
});

/** `{"kernel":"6.18.44","hostname":"edge-1","dropReasons":{"2":"NOT_SPECIFIED"},"programs":[{"id":42,"name":"edge_tcx","tag":"0123456789abcdef","attach":"tcx/ingress","device":"edge0"}]}` */
export interface HostFacts {
  /** BPF maps that are sampled: id → name. */
  readonly maps: ReadonlyMap<number, string>;
  readonly kernel: string;
  readonly hostname: string;
  /** `kernel` as a number (core/diagnosis/kernel-version.ts); 0 = not known. */
  readonly kernelVersion: number;
  /** BPF programs of others on the devices, chains in their order; null when the capture does not list them. */
  readonly programs: readonly Program[] | null;
  /** skb_drop_reason number → name, which differs by kernel. */
  readonly dropReasons: ReadonlyMap<number, string>;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const Filter = v.object({
  expression: v.optional(v.nullable(longText), null),
  devices: v.optional(v.pipe(v.array(text), v.maxLength(MAX_DEVICES)), []),
  netns: v.optional(v.nullable(text), null),
  mark: v.optional(v.nullable(v.object({ value: count, mask: count })), null),
  hasMetadata: v.optional(v.boolean(), false),
  tlv: v.optional(
    v.pipe(
      v.array(v.object({ type: count, value: v.optional(v.nullable(text), null) })),
      v.maxLength(MAX_TLVS),
    ),
    [],
  ),
  sample: v.optional(v.nullable(count), null),
  rate: v.optional(v.nullable(count), null),
  hooks: v.optional(v.pipe(v.array(text), v.maxLength(MAX_HOOKS)), []),
  trigger: v.optional(v.nullable(v.object({ condition: text, before: count, after: count })), null),
});

export type Parsed<T> = { readonly value: T } | { readonly fault: string };

/** Body of a catalogue block → the hooks that are not attached; or what is wrong with it, in a few words. */
export function parseCatalogue(body: Uint8Array): Parsed<Unattached[]> {
  const parsed = parseJson(body, Catalogue);
  if ('fault' in parsed) return parsed;
  return {
    value: parsed.value.hooks
      .filter((hook) => !hook.attached)
      .map(({ id, name, reason }) => ({ hook: id, name: HOOK_BY_ID.get(id)?.name ?? name, reason })),
  };
}

/** Body of a host block; or what is wrong with it. */
export function parseHost(body: Uint8Array): Parsed<HostFacts> {
  const parsed = parseJson(body, Host);
  if ('fault' in parsed) return parsed;
  const { kernel, hostname, dropReasons, programs } = parsed.value;
  const maps = new Map(parsed.value.maps.map(({ id, name }) => [id, name]));
  const reasons = new Map(Object.entries(dropReasons).map(([number, name]) => [Number(number), name]));
  const kernelVersion = parseKernelVersion(kernel);
  return { value: { kernel, kernelVersion, hostname, dropReasons: reasons, programs, maps } };
}

/** Body of a filter block; or what is wrong with it. */
export function parseFilter(body: Uint8Array): Parsed<CaptureFilter> {
  return parseJson(body, Filter);
}

/** Body of a file block → the name of the file, and which of several it is, null = it does not say; or what is wrong with it. */
export function parseFile(
  body: Uint8Array,
): Parsed<{ readonly name: string; readonly turn: FileTurn | null }> {
  const parsed = parseJson(body, CaptureFile);
  if ('fault' in parsed) return parsed;
  const { name, part, of, set, side } = parsed.value;
  if (part === null || of === null || part > of) return { value: { name, turn: null } };
  const turn = { part, of, ...(set === null ? {} : { set }), ...(side === null ? {} : { side }) };
  return { value: { name, turn } };
}

/** Text of a JSON block; or what is wrong with it. */
export function blockText(body: Uint8Array): Parsed<string> {
  if (body.length > MAX_JSON_BYTES) return { fault: `${body.length} bytes, more than ${MAX_JSON_BYTES}` };
  return { value: decodeUtf8(body, 0, body.length) };
}

/** A JSON block by what it may hold: what is not in `schema` is left out; or what is wrong with it, in a few words. */
export function parseJson<T>(body: Uint8Array, schema: v.GenericSchema<unknown, T>): Parsed<T> {
  const json = blockText(body);
  if ('fault' in json) return json;
  let data: unknown;
  try {
    data = JSON.parse(json.value);
  } catch {
    return { fault: 'not JSON' };
  }
  const result = v.safeParse(schema, data);
  if (result.success) return { value: result.output };
  const issue = result.issues[0];
  return { fault: `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}` };
}
