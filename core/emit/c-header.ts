/**
 * A C header for the programs that write and read the metadata of a schema: constants, and inline accessors for XDP (by
 * data_meta) and for what has the area as a bpf_dynptr (bpf_dynptr_from_skb_meta, Linux 6.18). For TLVs of plain type
 * and length, and for structs whose fields have fixed places. Of what is not in the area, constants alone.
 */
import { fixedPlaces } from '#core/metadata/fixed-struct-scan.ts';
import { sharedUnits } from '#core/metadata/struct-scan.ts';
import type { MetadataSchema, PartSchema, StructFraming, TlvType } from '#core/metadata/types.ts';
import { accessorsOf } from './c-accessors.ts';

/** The kernel's limit (xdp_metalen_invalid). */
const MAX_AREA_BYTES = 252;
/** Names of types that the header has for itself. */
const TAKEN: ReadonlySet<string> = new Set(['max_area_bytes', 'size', 'read', 'find', 'matches']);

/**
 * The header, with all schemas of the document that C can say; the others are told in it, with the reason. Error when
 * it can say none.
 */
export function emitC(schema: MetadataSchema): string {
  const guard = identifier(schema.name).toUpperCase();
  const prefixes = new Set<string>();
  const body: string[] = [];
  const refused: Error[] = [];
  const parts = [schema, ...(schema.also ?? [])];
  for (const part of parts) {
    const prefix = unused(identifier(part.name), prefixes);
    try {
      body.push(...partOf(part, prefix));
    } catch (thrown) {
      if (!(thrown instanceof CannotSay)) throw thrown;
      refused.push(thrown);
      body.push(`/* Not in it: ${comment(part.name)}. ${comment(thrown.message)}. */\n`);
    }
  }
  if (refused.length === parts.length) throw refused[0]!;
  return `/* SPDX-License-Identifier: MIT */
/* ${comment(schema.name)}, by \`whither schema emit c\`. Every function returns 0, or -1 when there is no such value. */
#ifndef ${guard}_METADATA_H
#define ${guard}_METADATA_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

${body.join('\n')}
#endif
`;
}

/** The schema has what the header cannot say: one sentence without its full stop. */
class CannotSay extends Error {}

function partOf(part: PartSchema, prefix: string): string[] {
  const upper = prefix.toUpperCase();
  const names = typeNames(part);
  const lines = [
    `/* ${comment(part.name)}${comment(placeText(part))} */`,
    ...constants(part, upper, names),
    '',
  ];
  const { where } = part;
  return where === undefined || where.in === 'area'
    ? [...lines, ...accessorsOf(part, prefix, upper, names)]
    : lines;
}

/** Where it is, and by what it is chosen, as far as programs must know. */
function placeText({ where, when }: PartSchema): string {
  const place = where === undefined || where.in === 'area' ? '' : `, in ${where.in}`;
  const by = [
    ...(when?.devices === undefined ? [] : [`devices ${when.devices.join(', ')}`]),
    ...(when?.programs === undefined ? [] : [`programs ${when.programs.join(', ')}`]),
    ...(when?.bytes === undefined ? [] : ['its bytes']),
  ];
  return by.length === 0 ? place : `${place}, chosen by ${by.join(' and ')}`;
}

/** One for each type, as identifiers that nothing else in the header has. */
function typeNames({ types }: PartSchema): string[] {
  const names = new Set(TAKEN);
  return types.map(({ name }) => unused(name.toLowerCase(), names));
}

function unused(name: string, taken: Set<string>): string {
  let free = name;
  while (taken.has(free)) free += '_';
  taken.add(free);
  return free;
}

function constants({ framing, types }: PartSchema, upper: string, names: readonly string[]): string[] {
  const lines = [`#define ${upper}_MAX_AREA_BYTES ${MAX_AREA_BYTES}u`];
  if (framing.kind === 'traits') throw new CannotSay('C is emitted for TLVs and structs, not for traits');
  if (framing.kind === 'struct') {
    const { from, size } = framing;
    if (from === 'end') throw new CannotSay('C is emitted for structs from the start of the area');
    if (size !== undefined) lines.push(`#define ${upper}_SIZE ${size}u`);
  } else {
    const { classBytes = 0, typeMask, lengthMask, typeAt = 0, lengthAt } = framing;
    if (
      classBytes !== 0 ||
      typeMask !== undefined ||
      lengthMask !== undefined ||
      typeAt !== 0 ||
      lengthAt !== undefined
    ) {
      throw new CannotSay('C is emitted for TLVs of plain type and length, without class and masks');
    }
  }
  const numbers = framing.kind === 'struct' ? offsetsOf(framing, types) : types.map(({ type }) => type);
  const macros = new Set(names.map((name) => `${upper}_${name.toUpperCase()}`));
  for (const [i, type] of types.entries()) {
    const name = `${upper}_${names[i]!.toUpperCase()}`;
    lines.push(`#define ${name} ${numbers[i]!}u${described(type)}`);
    for (const [value, text] of Object.entries(type.names ?? {})) {
      const macro = unused(`${name}_${identifier(text).toUpperCase()}`, macros);
      lines.push(`#define ${macro} ${type.kind === 'flags' ? `(1ull << ${value})` : `${value}ull`}`);
    }
  }
  return [...lines, ''];
}

/** Of each field from the start of the area; of what others lie in front of, only where the schema says it. */
function offsetsOf({ start = 0 }: StructFraming, types: readonly TlvType[]): number[] {
  const fixed = fixedPlaces(types, sharedUnits(types));
  return types.map(({ name, offset }, i) => {
    const place = fixed?.places[i] ?? offset;
    if (place === undefined || place < 0) {
      throw new CannotSay(`C needs the place of every field, and that of ${name} depends on others`);
    }
    return start + place;
  });
}

function described({ description }: TlvType): string {
  return description === undefined ? '' : ` /* ${comment(description)} */`;
}

/** Anybody's text, within a comment. */
function comment(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *');
}

function identifier(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9]+/g, '_').toLowerCase();
  return /^[a-z_]/.test(plain) ? plain : `_${plain}`;
}
