/**
 * Which bytes belong to which TLV or field, both ways. A span is a range of bytes of the area or of the packet;
 * what is highlighted is one span, wherever the pointer or the focus is. Pure.
 */
import type { FieldNode } from '#core/dissect/types.ts';
import type { DecodedArea } from '#core/metadata/types.ts';

export type Space = 'area' | 'packet' | 'blob';

export interface Span {
  readonly space: Space;
  /** Of the TLV (`tlv-0`) or field (`field-0.2.1`). */
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

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

export function tlvSpans(decoded: DecodedArea): readonly Span[] {
  return decoded.tlvs.map((tlv, i) => ({
    space: 'area',
    key: `tlv-${i}`,
    offset: tlv.offset,
    length: tlv.length,
  }));
}

export function fieldSpans(lines: readonly FieldLine[]): readonly Span[] {
  return lines.map(({ key, node }) => ({
    space: 'packet',
    key,
    offset: node.offset,
    length: node.length,
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
