/**
 * Every key of the page, in one table: the binder (bind.ts) and the `?` dialog read the same rows, so that
 * neither can know a key that the other does not.
 */
export type Scope = 'page' | 'list' | 'path' | 'journey' | 'bytes' | 'separator';

export interface KeyRow {
  readonly id: string;
  readonly scope: Scope;
  /** KeyboardEvent.key values. Letters act without Ctrl, Alt and Meta, and never in a text field. */
  readonly keys: readonly string[];
  readonly text: string;
}

export const KEY_TABLE = [
  { id: 'help', scope: 'page', keys: ['?'], text: 'this help' },
  { id: 'pause', scope: 'page', keys: ['p'], text: 'pause the view, or catch up (the capture goes on)' },
  { id: 'follow', scope: 'page', keys: ['f'], text: 'follow the newest journey, or stop' },
  { id: 'next-journey', scope: 'page', keys: ['j'], text: 'next journey, wherever the focus is' },
  { id: 'previous-journey', scope: 'page', keys: ['k'], text: 'previous journey' },
  { id: 'next-hop', scope: 'page', keys: [']'], text: 'next hop of the journey' },
  { id: 'previous-hop', scope: 'page', keys: ['['], text: 'previous hop of the journey' },
  { id: 'pane-path', scope: 'page', keys: ['1'], text: 'go to the path' },
  { id: 'pane-list', scope: 'page', keys: ['2'], text: 'go to the journeys' },
  { id: 'pane-journey', scope: 'page', keys: ['3'], text: 'go to the journey' },
  { id: 'pane-bytes', scope: 'page', keys: ['4'], text: 'go to the bytes' },
  { id: 'filter', scope: 'page', keys: ['/'], text: 'write a filter' },
  { id: 'filter-metadata', scope: 'page', keys: ['m'], text: 'only journeys with metadata, or all' },
  { id: 'filter-lost', scope: 'page', keys: ['x'], text: 'only journeys that lost metadata, or all' },
  { id: 'losses', scope: 'page', keys: ['l'], text: 'open or close the table of damage to metadata' },
  { id: 'cost', scope: 'page', keys: ['c'], text: 'what watching costs, or not' },
  { id: 'clear', scope: 'page', keys: ['Escape'], text: 'clear the filter' },
  { id: 'schema', scope: 'page', keys: ['s'], text: 'metadata schema' },
  { id: 'export', scope: 'page', keys: ['w'], text: 'the capture for Wireshark, the schema for C' },
  { id: 'theme', scope: 'page', keys: ['t'], text: 'system, light, dark' },
  { id: 'list.next', scope: 'list', keys: ['ArrowDown'], text: 'next' },
  { id: 'list.previous', scope: 'list', keys: ['ArrowUp'], text: 'previous' },
  { id: 'list.page-down', scope: 'list', keys: ['PageDown'], text: 'a page down' },
  { id: 'list.page-up', scope: 'list', keys: ['PageUp'], text: 'a page up' },
  { id: 'list.first', scope: 'list', keys: ['Home'], text: 'first' },
  { id: 'list.last', scope: 'list', keys: ['End'], text: 'last' },
  { id: 'list.open', scope: 'list', keys: ['Enter'], text: 'to its hops' },
  { id: 'path.previous', scope: 'path', keys: ['ArrowLeft'], text: 'previous hop' },
  { id: 'path.next', scope: 'path', keys: ['ArrowRight'], text: 'next hop' },
  { id: 'path.up', scope: 'path', keys: ['ArrowUp'], text: 'lane above' },
  { id: 'path.down', scope: 'path', keys: ['ArrowDown'], text: 'lane below' },
  { id: 'path.first', scope: 'path', keys: ['Home'], text: 'first hop' },
  { id: 'path.last', scope: 'path', keys: ['End'], text: 'last hop' },
  {
    id: 'path.band',
    scope: 'path',
    keys: ['e'],
    text: 'to the band that leaves this hop, then to the next one',
  },
  {
    id: 'path.filter',
    scope: 'path',
    keys: ['Enter', ' '],
    text: 'only journeys of this hop, band or cause, or all',
  },
  { id: 'path.in', scope: 'path', keys: ['+', '='], text: 'larger (also Ctrl and the wheel)' },
  { id: 'path.out', scope: 'path', keys: ['-'], text: 'smaller' },
  { id: 'path.whole', scope: 'path', keys: ['0'], text: 'the whole path' },
  { id: 'journey.left', scope: 'journey', keys: ['ArrowLeft'], text: 'previous hop' },
  { id: 'journey.right', scope: 'journey', keys: ['ArrowRight'], text: 'next hop' },
  { id: 'journey.up', scope: 'journey', keys: ['ArrowUp'], text: 'row above' },
  { id: 'journey.down', scope: 'journey', keys: ['ArrowDown'], text: 'row below' },
  { id: 'journey.first', scope: 'journey', keys: ['Home'], text: 'first hop' },
  { id: 'journey.last', scope: 'journey', keys: ['End'], text: 'last hop' },
  { id: 'journey.beside', scope: 'journey', keys: ['b'], text: 'open or close what is beside the area' },
  { id: 'journey.bytes', scope: 'journey', keys: ['Enter', ' '], text: 'the bytes at this hop' },
  { id: 'bytes.next', scope: 'bytes', keys: ['ArrowDown'], text: 'next TLV or field' },
  { id: 'bytes.previous', scope: 'bytes', keys: ['ArrowUp'], text: 'previous TLV or field' },
  {
    id: 'bytes.hex',
    scope: 'bytes',
    keys: ['h'],
    text: 'copy as hex: the metadata, or the packet from its fields',
  },
  { id: 'bytes.c', scope: 'bytes', keys: ['a'], text: 'copy as a C array' },
  { id: 'bytes.json', scope: 'bytes', keys: ['i'], text: 'copy the event as JSON' },
  { id: 'bytes.hold', scope: 'bytes', keys: ['d'], text: 'hold these bytes, to compare others with them' },
  { id: 'separator.left', scope: 'separator', keys: ['ArrowLeft'], text: 'pane narrower' },
  { id: 'separator.right', scope: 'separator', keys: ['ArrowRight'], text: 'pane wider' },
  { id: 'separator.reset', scope: 'separator', keys: ['Home'], text: 'first widths' },
] as const satisfies readonly KeyRow[];

export type KeyId = (typeof KEY_TABLE)[number]['id'];

export const SCOPE_TITLES: Readonly<Record<Scope, string>> = {
  page: 'Everywhere',
  list: 'Journeys',
  path: 'Path',
  journey: 'Journey',
  bytes: 'Bytes',
  separator: 'Between panes',
};

const KEY_NAMES: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
  Escape: 'Esc',
};

export function printKey(key: string): string {
  return KEY_NAMES[key] ?? key;
}
