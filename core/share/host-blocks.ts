/** The JSON blocks: made anew from what their readers know (core/store/host-facts.ts), names replaced, free text left out. */
import type * as v from 'valibot';
import { HOOK_BY_ID, HOOKS } from '#core/format/hooks.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import type { MetadataSchema, PartSchema, TlvType, When } from '#core/metadata/types.ts';
import { mapFilePath } from '#core/store/file-path.ts';
import { blockText, Catalogue, Filter, Host, parseJson } from '#core/store/host-facts.ts';
import { LINUX_DRIVERS } from './linux-drivers.ts';
import type { NameKind, Pseudonyms } from './pseudonyms.ts';
import type { SharePolicy } from './policy.ts';

/** What fields hold that Whither's own writers fill: a text that is none of these came from elsewhere, and may be anything. */
const SHAPES = {
  dropReason: /^[A-Z][A-Z0-9_]{0,63}$/,
  tag: /^[0-9a-f]{1,16}$/,
  attach: /^[a-z]{2,8}(?:\/[a-z]{2,8})?$/,
  how: /^[a-z_./ ]{1,32}$/,
  application: /^whither[\w .-]{0,32}$/,
} as const;
/** `6.18.44-acme-1` is the kernel 6.18.44; who made it is a name. */
const KERNEL_NUMBER = /^\d+(?:\.\d+)*/;
/** What is behind DEVICE: `:tcx/ingress@first`, `:tcx/ingress@after:PROGRAM#ID`, `:tap/NAME`. */
const AT_HOOK = /^:[a-z0-9_]+(?:\/[a-z0-9_]+)*(?:@[a-z]+)?$/;
const AT_PROGRAM = /^(:[a-z0-9_/]+@(?:after|fentry|fexit):)(.*)(#\d{1,10})$/;
const AT_TAP = /^(:tap\/)(.+)()$/;

/** What a schema says of bytes, but for what is within it. */
const PART_FIELDS = ['name', 'framing', 'where'] as const;
const TYPE_FIELDS = [
  'type',
  'name',
  'kind',
  'endian',
  'names',
  'unit',
  'display',
  'timestamp',
  'colour',
  'size',
  'count',
  'offset',
  'bits',
  'only',
  'framing',
] as const;
/** What it says to people. */
const TYPE_TEXTS = ['owner', 'description'] as const;

/** Those fields that `of` has, and no others. */
function pick<T extends object, K extends keyof T & string>(of: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(Object.entries(of).filter(([name]) => names.some((one) => one === name))) as Pick<
    T,
    K
  >;
}

/** Body of a schema block → the schema; null = it is none. */
export function readSchema(body: Uint8Array): MetadataSchema | null {
  const text = blockText(body);
  if ('fault' in text) return null;
  const parsed = parseSchema(text.value);
  return parsed.ok ? parsed.schema : null;
}

export class HostRedactor {
  readonly #policy: SharePolicy;
  readonly #names: Pseudonyms;

  constructor(policy: SharePolicy, names: Pseudonyms) {
    this.#policy = policy;
    this.#names = names;
  }

  /** Body of a host block → its value; null = it cannot be read, and does not go out. */
  host(body: Uint8Array): v.InferOutput<typeof Host> | null {
    const parsed = parseJson(body, Host);
    if ('fault' in parsed) return null;
    const { kernel, hostname, dropReasons, maps, programs } = parsed.value;
    return {
      kernel: this.#policy.names === 'keep' ? kernel : (KERNEL_NUMBER.exec(kernel)?.[0] ?? ''),
      hostname: this.name('host', hostname),
      dropReasons: Object.fromEntries(
        Object.entries(dropReasons).filter(([, reason]) => this.shaped('dropReason', reason) !== ''),
      ),
      maps: maps.map(({ id, name }) => ({ id, name: this.name('map', name) })),
      programs:
        programs?.map(({ id, name, tag, attach, device }) => ({
          id,
          name: this.name('program', name),
          tag: this.shaped('tag', tag),
          attach: this.shaped('attach', attach),
          device: this.name('device', device),
        })) ?? null,
    };
  }

  /** Why a hook is missing is Whither's own text, and may quote the system's. */
  catalogue(body: Uint8Array): v.InferOutput<typeof Catalogue> | null {
    const parsed = parseJson(body, Catalogue);
    if ('fault' in parsed) return null;
    return {
      hooks: parsed.value.hooks.map(({ id, name, attached, how, reason }) => ({
        id,
        name: HOOK_BY_ID.get(id)?.name ?? this.text(name),
        attached,
        how: this.shaped('how', how),
        reason: this.text(reason),
      })),
    };
  }

  /** The expression has addresses and ports of whom was watched. */
  filter(body: Uint8Array): v.InferOutput<typeof Filter> | null {
    const parsed = parseJson(body, Filter);
    if ('fault' in parsed) return null;
    const { expression, devices, netns, mark, hasMetadata, tlv, sample, rate, hooks, trigger } = parsed.value;
    return {
      hasMetadata,
      sample,
      rate,
      hooks: hooks.filter((name) => HOOKS.some((hook) => hook.name.startsWith(name))),
      expression: expression === null ? null : this.text(expression),
      devices: devices.map((device) => this.name('device', device)),
      netns: netns === null ? null : this.name('netns', netns),
      mark: this.#policy.marks === 'keep' ? mark : null,
      tlv: tlv.map(({ type, value }) => ({ type, value: this.#policy.unknown === 'keep' ? value : null })),
      trigger:
        trigger === null
          ? null
          : { condition: this.text(trigger.condition), before: trigger.before, after: trigger.after },
    };
  }

  /** What a schema says of bytes, without what it says to people. */
  schema(schema: MetadataSchema): MetadataSchema {
    if (this.#policy.texts === 'keep' && this.#policy.names === 'keep') return schema;
    const { also, maps, ...part } = schema;
    return {
      ...this.#part(part),
      whither: schema.whither,
      ...(maps !== undefined && {
        maps: maps.map(({ map, key, value }) => ({
          map: typeof map === 'string' ? this.name('map', map) : map,
          key,
          value,
        })),
      }),
      ...(also !== undefined && { also: also.map((one) => this.#part(one)) }),
    };
  }

  /** `DEVICE:HOOK`, or of other captures the name of an interface. */
  interfaceName(name: string, hook: number): string {
    if (hook === 0) return this.name('device', name);
    const colon = name.indexOf(':');
    if (colon < 0) return this.name('device', name);
    return `${this.name('device', name.slice(0, colon))}${this.#place(name.slice(colon), hook)}`;
  }

  #place(place: string, hook: number): string {
    const [, front, program, id] = AT_TAP.exec(place) ?? AT_PROGRAM.exec(place) ?? [];
    if (front !== undefined) return `${front}${this.name('program', program!)}${id!}`;
    // Neither a hook of this Whither nor of a newer one.
    return AT_HOOK.test(place) || this.#policy.names === 'keep'
      ? place
      : `:${HOOK_BY_ID.get(hook)?.name ?? `hook ${hook}`}`;
  }

  name(kind: NameKind, name: string): string {
    const rule = kind === 'program' || kind === 'map' ? this.#policy.programs : this.#policy.names;
    return rule === 'keep' ? name : this.#names.name(kind, name);
  }

  /** With what it is in. */
  file(path: string): string {
    return mapFilePath(path, (name) => this.name('file', name));
  }

  /** A text that Whither writes itself, as it is; '' when it is something else. */
  shaped(shape: keyof typeof SHAPES, text: string): string {
    return this.#policy.texts === 'keep' || SHAPES[shape].test(text) ? text : '';
  }

  /** A driver of Linux; '' when it is another text. */
  driver(text: string): string {
    const { names, texts } = this.#policy;
    return names === 'keep' || texts === 'keep' || LINUX_DRIVERS.has(text) ? text : '';
  }

  text(text: string): string {
    return this.#policy.texts === 'keep' ? text : '';
  }

  #part(part: PartSchema): PartSchema {
    const { description, when, types } = part;
    return {
      ...pick(part, PART_FIELDS),
      types: types.map((type) => this.#type(type)),
      ...(description !== undefined && this.#policy.texts === 'keep' && { description }),
      ...(when !== undefined && { when: this.#when(when) }),
    };
  }

  #type(type: TlvType): TlvType {
    const { types } = type;
    return {
      ...pick(type, TYPE_FIELDS),
      ...(this.#policy.texts === 'keep' && pick(type, TYPE_TEXTS)),
      ...(types !== undefined && { types: types.map((inner) => this.#type(inner)) }),
    };
  }

  #when({ devices, programs, bytes }: When): When {
    return {
      ...(devices !== undefined && { devices: devices.map((device) => this.name('device', device)) }),
      ...(programs !== undefined && { programs: programs.map((name) => this.name('program', name)) }),
      ...(bytes !== undefined && { bytes }),
    };
  }
}
