/** What a share keeps, replaces and drops. The defaults are what a careful person would send to somebody outside. */
import type { MetadataSchema, TlvType, ValueKind } from '#core/metadata/types.ts';

/** `pseudonym`: an address that stands for it; `hash`: bytes that are equal where the value is; `drop`: zeros in its place. */
export const VALUE_RULES = ['keep', 'pseudonym', 'hash', 'drop'] as const;
export type ValueRule = (typeof VALUE_RULES)[number];

export interface SharePolicy {
  /** Bytes behind the headers that are known. */
  readonly payload: 'drop' | 'keep';
  /** IPv4, IPv6 and MAC addresses, in headers of every depth and in values that a schema calls addresses. */
  readonly addresses: 'pseudonym' | 'keep';
  /** Hosts, devices, network namespaces and processes, with their numbers. */
  readonly names: 'pseudonym' | 'keep';
  /** Names of BPF programs, taps and maps: who wrote and who lost. */
  readonly programs: 'pseudonym' | 'keep';
  /** Addresses of sk_buffs, heads and code, socket cookies and packet hashes. */
  readonly kernelAddresses: 'pseudonym' | 'keep';
  /** skb->mark and skb->priority. */
  readonly marks: 'drop' | 'keep';
  /** skb->cb, of which only what a schema reads can be kept. */
  readonly controlBlock: 'drop' | 'keep';
  /** Comments and free text: of packets, of the filter, of descriptions. */
  readonly texts: 'drop' | 'keep';
  /** Bytes that a schema does not name: unknown TLVs, padding, what is behind the last TLV, areas without a schema. */
  readonly unknown: 'drop' | 'keep';
  /** By `SCHEMA.TYPE`: what becomes of values that a schema names; `defaultRule` for those that are not listed. */
  readonly values: Readonly<Record<string, ValueRule>>;
}

export const CAREFUL: SharePolicy = {
  payload: 'drop',
  addresses: 'pseudonym',
  names: 'pseudonym',
  programs: 'keep',
  kernelAddresses: 'pseudonym',
  marks: 'keep',
  controlBlock: 'drop',
  texts: 'drop',
  unknown: 'drop',
  values: {},
};

/** For a value that nobody gave a rule: texts and bytes may hold anything, numbers are what people look at. */
export function defaultRule(kind: ValueKind, policy: SharePolicy): ValueRule {
  switch (kind) {
    case 'ipv4':
    case 'ipv6':
    case 'ip':
    case 'mac':
      return policy.addresses;
    case 'string':
    case 'bytes':
      return policy.unknown === 'keep' ? 'keep' : 'hash';
    case 'uint':
    case 'int':
    case 'enum':
    case 'flags':
    case 'flag':
    case 'timestamp':
    case 'nested':
      return 'keep';
  }
}

/** Of a value of `type` in the schema called `schema`; `path` are the names of the nested types that it is in. */
export function ruleOf(
  policy: SharePolicy,
  schema: string,
  type: TlvType,
  path: readonly string[] = [],
): ValueRule {
  const name = [schema, ...path, type.name].join('.');
  return policy.values[name] ?? defaultRule(type.kind, policy);
}

/** How all values of a type go out: as they are; as the pseudonyms of addresses, so that what is asked of them can be, too; otherwise. */
export type Going = 'kept' | 'pseudonym' | 'otherwise';

/** Types of a document by name, and how their values go out, with all that is nested in them, wherever they are. */
export function goingTypes(policy: SharePolicy, schema: MetadataSchema): ReadonlyMap<string, Going> {
  const going = new Map<string, Going>();
  for (const { name, types } of [schema, ...(schema.also ?? [])]) {
    for (const type of types) going.set(type.name, alike(going.get(type.name), goingOf(policy, name, type)));
  }
  return going;
}

/** How values go out of which one type goes `before`, undefined = there is none, and another `now`. */
export function alike(before: Going | undefined, now: Going): Going {
  return before === undefined || before === now ? now : 'otherwise';
}

function goingOf(policy: SharePolicy, schema: string, type: TlvType): Going {
  if (isKept(policy, schema, type, [])) return 'kept';
  return ruleOf(policy, schema, type) === 'pseudonym' && type.bits === undefined ? 'pseudonym' : 'otherwise';
}

function isKept(policy: SharePolicy, schema: string, type: TlvType, path: readonly string[]): boolean {
  return (
    ruleOf(policy, schema, type, path) === 'keep' &&
    (type.types ?? []).every((inner) => isKept(policy, schema, inner, [...path, type.name]))
  );
}

/** Whatever a schema reads goes out as it is, and what none does. */
export function keepsBytes({ unknown, addresses, values }: SharePolicy): boolean {
  return unknown === 'keep' && addresses === 'keep' && Object.values(values).every((rule) => rule === 'keep');
}
