/** Where the cursor is in JSON that is being written, from the editor's syntax tree, which bears gaps. Pure. */
import type { SyntaxNode, Tree } from '@lezer/common';
import type { JsonPath } from './json-guide.ts';

export interface JsonContext {
  readonly kind: 'key' | 'value';
  /** Of the object whose key, or of the value that it is. */
  readonly path: JsonPath;
  /** What is replaced: the key or value that is begun, with its quotes. */
  readonly from: number;
  readonly to: number;
  /** Key: what follows is its value already. */
  readonly hasValue: boolean;
}

const SCALARS: ReadonlySet<string> = new Set(['String', 'Number', 'True', 'False', 'Null']);
const MAX_DEPTH = 32;

/** null = nothing of a schema can stand there. */
export function contextAt(tree: Tree, text: string, pos: number): JsonContext | null {
  const word = /[\w$."-]*$/.exec(text.slice(0, pos))?.[0] ?? '';
  const node = tree.resolveInner(pos, -1);
  if (node.name === 'PropertyName' && node.parent !== null) {
    const hasValue = /^\s*:/.test(text.slice(node.to));
    return { kind: 'key', path: pathOf(node.parent.parent, text), from: node.from, to: node.to, hasValue };
  }
  if (SCALARS.has(node.name)) {
    const isInside = pos <= node.to;
    return isInside
      ? { kind: 'value', path: pathOf(node, text), from: node.from, to: node.to, hasValue: false }
      : null;
  }
  const from = pos - word.length;
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) {
    if (at.name === 'Property') {
      const name = at.getChild('PropertyName');
      // Behind the colon the value is missing; a value that is there ends the property.
      if (name !== null && /^\s*:\s*$/.test(text.slice(name.to, from))) {
        return { kind: 'value', path: pathOf(at, text), from, to: pos, hasValue: false };
      }
    }
    if (at.name === 'Object') {
      const missing = /"((?:[^"\\]|\\.)*)"\s*:\s*$/.exec(text.slice(at.from, from));
      const path = pathOf(at, text);
      if (missing !== null) {
        return { kind: 'value', path: [...path, missing[1]!], from, to: pos, hasValue: false };
      }
      return { kind: 'key', path, from, to: pos, hasValue: /^\s*:/.test(text.slice(pos)) };
    }
    if (at.name === 'Array') {
      const index = elements(at).filter((element) => element.to <= from).length;
      return { kind: 'value', path: [...pathOf(at, text), index], from, to: pos, hasValue: false };
    }
  }
  return null;
}

/** The value, or the key, that the cursor is in or at; for what it means. */
export function pathAt(tree: Tree, text: string, pos: number): JsonPath {
  const node = tree.resolveInner(pos, 1);
  const inner = node.name === 'Object' || node.name === 'Array' ? tree.resolveInner(pos, -1) : node;
  return pathOf(inner, text);
}

/** What is written so far; what is missing or broken in it is not there. */
export function valueOf(node: SyntaxNode, text: string, depth = 0): unknown {
  if (depth > MAX_DEPTH) return undefined;
  switch (node.name) {
    case 'JsonText': {
      const first = node.firstChild;
      return first === null ? undefined : valueOf(first, text, depth + 1);
    }
    case 'Object': {
      const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const property of node.getChildren('Property')) {
        const name = property.getChild('PropertyName');
        const last = property.lastChild;
        if (name === null || last === null || last === name) continue;
        value[scalar(text.slice(name.from, name.to)) as string] = valueOf(last, text, depth + 1);
      }
      return value;
    }
    case 'Array':
      return elements(node).map((element) => valueOf(element, text, depth + 1));
    default:
      return SCALARS.has(node.name) ? scalar(text.slice(node.from, node.to)) : undefined;
  }
}

/** From the top to this node. */
function pathOf(node: SyntaxNode | null, text: string): JsonPath {
  const steps: (string | number)[] = [];
  for (let at = node; at?.parent != null; at = at.parent) {
    const { parent } = at;
    if (at.name === 'Property') {
      const name = at.getChild('PropertyName');
      if (name !== null) steps.push(String(scalar(text.slice(name.from, name.to))));
    } else if (parent.name === 'Array') {
      const { from } = at;
      steps.push(elements(parent).filter((element) => element.from < from).length);
    }
  }
  return steps.reverse();
}

function elements(array: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = array.firstChild; child !== null; child = child.nextSibling) {
    if (SCALARS.has(child.name) || child.name === 'Object' || child.name === 'Array') found.push(child);
  }
  return found;
}

/** Text that is not closed yet is read as far as it goes. */
function scalar(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json.replace(/^"|"$/g, '');
  }
}
