/**
 * Which bytes belong to which TLV or field, both ways. A span is a range of bytes of the area or of the packet;
 * what is highlighted is one span, wherever the pointer or the focus is. Pure.
 */
import type { FieldNode } from '#core/dissect/types.ts';
import type { Colour, TlvType } from '#core/metadata/types.ts';
import type { TlvLine } from './tlv-lines.ts';

/** `value`: bytes that are shown as what they mean alone, as those of skb->mark. */
export type Space = 'area' | 'packet' | 'blob' | 'value';

/** Grounds that TLVs without a colour of their own take in turn. */
const STRIPES = 4;

export interface Span {
  readonly space: Space;
  /** Of the TLV (`tlv-0`) or field (`field-0.2.1`). */
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  /** How its bytes are told from those beside them; null = they are not. */
  readonly look: Look | null;
}

/** The colour that the schema says, or one of the stripes in turn. */
export type Look = { readonly colour: Colour } | { readonly stripe: number };

export interface FieldLine {
  readonly key: string;
  readonly depth: number;
  readonly node: FieldNode;
}

/** A tree deeper or longer than this is cut: dissectors are bounded, but a hostile packet decides how far they go. */
export const MAX_FIELD_LINES = 400;
const MAX_FIELD_DEPTH = 8;

export function fieldLines(fields: readonly FieldNode[]): readonly FieldLine[] {
  const lines: FieldLine[] = [];
  const walk = (nodes: readonly FieldNode[], prefix: string, depth: number): void => {
    nodes.forEach((node, i) => {
      if (lines.length >= MAX_FIELD_LINES || depth >= MAX_FIELD_DEPTH) return;
      const key = `${prefix}${i}`;
      lines.push({ key: `field-${key}`, depth, node });
      walk(node.children, `${key}.`, depth + 1);
    });
  };
  walk(fields, '', 0);
  return lines;
}

/** Of TLVs and what is nested in them; `prefix` tells the keys of one place from those of another. */
export function tlvSpans(
  lines: readonly TlvLine[],
  types: readonly TlvType[],
  space: Space,
  prefix: string,
): readonly Span[] {
  let stripe = -1;
  return lines.map(({ key, depth, tlv }) => {
    const colour = depth === 0 ? types.find(({ type }) => type === tlv.type)?.colour : undefined;
    if (depth === 0) stripe++;
    const look = depth > 0 ? null : colour === undefined ? { stripe: stripe % STRIPES } : { colour };
    return { space, key: `${prefix}-${key}`, offset: tlv.offset, length: tlv.length, look };
  });
}

/** As classes and attributes of an element. */
export function lookProps(look: Look | null): {
  readonly className: string;
  readonly 'data-colour'?: Colour;
} {
  if (look === null) return { className: '' };
  if ('colour' in look) return { className: 'typed', 'data-colour': look.colour };
  return { className: `stripe-${look.stripe}` };
}

export function fieldSpans(lines: readonly FieldLine[]): readonly Span[] {
  return lines.map(({ key, node }) => ({
    space: 'packet',
    key,
    offset: node.offset,
    length: node.length,
    look: null,
  }));
}

/** The smallest span that holds this byte, the later one of equals: the most exact thing it can be called. */
export function spanAt(spans: readonly Span[], byte: number): Span | null {
  let best: Span | null = null;
  for (const span of spans) {
    if (byte < span.offset || byte >= span.offset + span.length) continue;
    if (best === null || span.length <= best.length) best = span;
  }
  return best;
}

export function inSpan(span: Span | null, space: Space, byte: number): boolean {
  return span !== null && span.space === space && byte >= span.offset && byte < span.offset + span.length;
}
