/**
 * Every key of the page, in one table: the binder (bind.ts) and the `?` dialog read the same rows, so that
 * neither can know a key that the other does not.
 */
export type Scope =
  'page' | 'timeline' | 'latency' | 'list' | 'groups' | 'path' | 'journey' | 'bytes' | 'separator';

export interface KeyRow {
  readonly id: string;
  readonly scope: Scope;
  /** KeyboardEvent.key values, `Shift+` in front where a key means something else with it. Letters act without Ctrl, Alt and Meta, and never in a text field. */
  readonly keys: readonly string[];
  readonly text: string;
}

export const KEY_TABLE = [
  { id: 'palette', scope: 'page', keys: [':'], text: 'everything one can do, by name' },
  { id: 'help', scope: 'page', keys: ['?'], text: 'this help' },
  { id: 'guide', scope: 'page', keys: ['u'], text: 'show me around' },
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
  { id: 'pane-timeline', scope: 'page', keys: ['5'], text: 'go to the timeline' },
  { id: 'filter', scope: 'page', keys: ['/'], text: 'write a filter' },
  { id: 'value', scope: 'page', keys: ['a'], text: 'filter by the value in focus' },
  { id: 'common', scope: 'page', keys: ['h'], text: 'what do these have in common?' },
  { id: 'group', scope: 'page', keys: ['g'], text: 'the list in groups, or journeys again' },
  { id: 'columns', scope: 'page', keys: ['i'], text: 'choose the columns of the list' },
  { id: 'mark', scope: 'page', keys: ['v'], text: 'mark the journey, or take its mark away' },
  { id: 'note', scope: 'page', keys: ['n'], text: 'write a note on the journey' },
  { id: 'filter-metadata', scope: 'page', keys: ['m'], text: 'only journeys with metadata, or all' },
  { id: 'filter-lost', scope: 'page', keys: ['x'], text: 'only journeys that lost metadata, or all' },
  { id: 'losses', scope: 'page', keys: ['l'], text: 'open or close the table of damage to metadata' },
  { id: 'latency', scope: 'page', keys: ['d'], text: 'open or close the time between two hops' },
  { id: 'cost', scope: 'page', keys: ['c'], text: 'what watching costs, or not' },
  { id: 'clear', scope: 'page', keys: ['Escape'], text: 'clear the filter' },
  { id: 'schema', scope: 'page', keys: ['s'], text: 'metadata schema' },
  { id: 'capture', scope: 'page', keys: ['r'], text: 'what this host captures, live' },
  { id: 'export', scope: 'page', keys: ['w'], text: 'the capture for Wireshark, the schema for C' },
  { id: 'theme', scope: 'page', keys: ['t'], text: 'system, light, dark' },
  { id: 'timeline.previous', scope: 'timeline', keys: ['ArrowLeft'], text: 'back; with a chosen time, that' },
  { id: 'timeline.next', scope: 'timeline', keys: ['ArrowRight'], text: 'on; with a chosen time, that' },
  {
    id: 'timeline.grow',
    scope: 'timeline',
    keys: ['Shift+ArrowRight'],
    text: 'choose a time, or more of it',
  },
  { id: 'timeline.shrink', scope: 'timeline', keys: ['Shift+ArrowLeft'], text: 'less of it' },
  { id: 'timeline.choose', scope: 'timeline', keys: ['Enter'], text: 'only journeys of this bar' },
  { id: 'timeline.zoom-in', scope: 'timeline', keys: ['+', '='], text: 'closer (or wheel with Ctrl)' },
  { id: 'timeline.zoom-out', scope: 'timeline', keys: ['-'], text: 'further away' },
  { id: 'timeline.zoom-brush', scope: 'timeline', keys: ['z'], text: 'the chosen time alone' },
  { id: 'timeline.whole', scope: 'timeline', keys: ['0', 'Home'], text: 'all of the capture' },
  { id: 'timeline.earlier', scope: 'timeline', keys: ['PageUp'], text: 'half a view back' },
  { id: 'timeline.later', scope: 'timeline', keys: ['PageDown'], text: 'half a view on' },
  { id: 'timeline.clear', scope: 'timeline', keys: ['Escape'], text: 'all times, then all of the capture' },
  { id: 'latency.previous', scope: 'latency', keys: ['ArrowLeft'], text: 'shorter' },
  { id: 'latency.next', scope: 'latency', keys: ['ArrowRight'], text: 'longer' },
  { id: 'latency.grow', scope: 'latency', keys: ['Shift+ArrowRight'], text: 'a range up to longer ones' },
  { id: 'latency.shrink', scope: 'latency', keys: ['Shift+ArrowLeft'], text: 'a range down to shorter ones' },
  { id: 'latency.choose', scope: 'latency', keys: ['Enter'], text: 'only journeys that take so long' },
  { id: 'latency.clear', scope: 'latency', keys: ['Escape'], text: 'no range' },
  { id: 'list.next', scope: 'list', keys: ['ArrowDown'], text: 'next' },
  { id: 'list.previous', scope: 'list', keys: ['ArrowUp'], text: 'previous' },
  { id: 'list.page-down', scope: 'list', keys: ['PageDown'], text: 'a page down' },
  { id: 'list.page-up', scope: 'list', keys: ['PageUp'], text: 'a page up' },
  { id: 'list.first', scope: 'list', keys: ['Home'], text: 'first' },
  { id: 'list.last', scope: 'list', keys: ['End'], text: 'last' },
  { id: 'list.left', scope: 'list', keys: ['ArrowLeft'], text: 'column to the left' },
  { id: 'list.right', scope: 'list', keys: ['ArrowRight'], text: 'column to the right' },
  { id: 'list.sort', scope: 'list', keys: ['o'], text: 'order by this column: up, down, not' },
  { id: 'list.wider', scope: 'list', keys: ['+'], text: 'column wider' },
  { id: 'list.narrower', scope: 'list', keys: ['-'], text: 'column narrower' },
  { id: 'list.value', scope: 'list', keys: ['a'], text: 'filter by the value of this column' },
  { id: 'list.open', scope: 'list', keys: ['Enter'], text: 'to its hops' },
  { id: 'groups.next', scope: 'groups', keys: ['ArrowDown'], text: 'next' },
  { id: 'groups.previous', scope: 'groups', keys: ['ArrowUp'], text: 'previous' },
  { id: 'groups.expand', scope: 'groups', keys: ['ArrowRight'], text: 'show its first journeys' },
  { id: 'groups.collapse', scope: 'groups', keys: ['ArrowLeft'], text: 'hide them' },
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
  timeline: 'Timeline',
  latency: 'Time between hops',
  list: 'Journeys',
  groups: 'Groups',
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
  const [, shift = '', plain = ''] = /^(Shift\+)?(.+)$/s.exec(key) ?? [];
  return `${shift === '' ? '' : '⇧ '}${KEY_NAMES[plain] ?? plain}`;
}
