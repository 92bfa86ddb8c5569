/**
 * Every key of the page, in one table: the binder (bind.ts) and the `?` dialog read the same rows, so that
 * neither can know a key that the other does not. What they do is said in texts.ts.
 */
export type Scope =
  | 'page'
  | 'timeline'
  | 'latency'
  | 'list'
  | 'groups'
  | 'path'
  | 'journey'
  | 'bytes'
  | 'separator';

export interface KeyRow {
  readonly id: string;
  readonly scope: Scope;
  /** KeyboardEvent.key values, `Shift+` in front where a key means something else with it. Letters act without Ctrl, Alt and Meta, and never in a text field. */
  readonly keys: readonly string[];
}

export const KEY_TABLE = [
  { id: 'palette', scope: 'page', keys: [':'] },
  { id: 'help', scope: 'page', keys: ['?'] },
  { id: 'guide', scope: 'page', keys: ['q'] },
  { id: 'pause', scope: 'page', keys: ['p'] },
  { id: 'follow', scope: 'page', keys: ['f'] },
  { id: 'next-journey', scope: 'page', keys: ['j'] },
  { id: 'previous-journey', scope: 'page', keys: ['k'] },
  { id: 'next-hop', scope: 'page', keys: [']'] },
  { id: 'previous-hop', scope: 'page', keys: ['['] },
  { id: 'pane-path', scope: 'page', keys: ['1'] },
  { id: 'pane-list', scope: 'page', keys: ['2'] },
  { id: 'pane-journey', scope: 'page', keys: ['3'] },
  { id: 'pane-bytes', scope: 'page', keys: ['4'] },
  { id: 'pane-timeline', scope: 'page', keys: ['5'] },
  { id: 'filter', scope: 'page', keys: ['/'] },
  { id: 'value', scope: 'page', keys: ['a'] },
  { id: 'common', scope: 'page', keys: ['h'] },
  { id: 'group', scope: 'page', keys: ['g'] },
  { id: 'columns', scope: 'page', keys: ['i'] },
  { id: 'mark', scope: 'page', keys: ['v'] },
  { id: 'note', scope: 'page', keys: ['n'] },
  { id: 'filter-metadata', scope: 'page', keys: ['m'] },
  { id: 'filter-lost', scope: 'page', keys: ['x'] },
  { id: 'losses', scope: 'page', keys: ['l'] },
  { id: 'latency', scope: 'page', keys: ['d'] },
  { id: 'cost', scope: 'page', keys: ['c'] },
  { id: 'clear', scope: 'page', keys: ['Escape'] },
  { id: 'schema', scope: 'page', keys: ['s'] },
  { id: 'capture', scope: 'page', keys: ['r'] },
  { id: 'export', scope: 'page', keys: ['w'] },
  { id: 'share', scope: 'page', keys: ['u'] },
  { id: 'report', scope: 'page', keys: ['y'] },
  { id: 'print', scope: 'page', keys: ['e'] },
  { id: 'theme', scope: 'page', keys: ['t'] },
  { id: 'timeline.previous', scope: 'timeline', keys: ['ArrowLeft'] },
  { id: 'timeline.next', scope: 'timeline', keys: ['ArrowRight'] },
  { id: 'timeline.grow', scope: 'timeline', keys: ['Shift+ArrowRight'] },
  { id: 'timeline.shrink', scope: 'timeline', keys: ['Shift+ArrowLeft'] },
  { id: 'timeline.choose', scope: 'timeline', keys: ['Enter'] },
  { id: 'timeline.zoom-in', scope: 'timeline', keys: ['+', '='] },
  { id: 'timeline.zoom-out', scope: 'timeline', keys: ['-'] },
  { id: 'timeline.zoom-brush', scope: 'timeline', keys: ['z'] },
  { id: 'timeline.whole', scope: 'timeline', keys: ['0', 'Home'] },
  { id: 'timeline.earlier', scope: 'timeline', keys: ['PageUp'] },
  { id: 'timeline.later', scope: 'timeline', keys: ['PageDown'] },
  { id: 'timeline.clear', scope: 'timeline', keys: ['Escape'] },
  { id: 'latency.previous', scope: 'latency', keys: ['ArrowLeft'] },
  { id: 'latency.next', scope: 'latency', keys: ['ArrowRight'] },
  { id: 'latency.grow', scope: 'latency', keys: ['Shift+ArrowRight'] },
  { id: 'latency.shrink', scope: 'latency', keys: ['Shift+ArrowLeft'] },
  { id: 'latency.choose', scope: 'latency', keys: ['Enter'] },
  { id: 'latency.clear', scope: 'latency', keys: ['Escape'] },
  { id: 'list.next', scope: 'list', keys: ['ArrowDown'] },
  { id: 'list.previous', scope: 'list', keys: ['ArrowUp'] },
  { id: 'list.page-down', scope: 'list', keys: ['PageDown'] },
  { id: 'list.page-up', scope: 'list', keys: ['PageUp'] },
  { id: 'list.first', scope: 'list', keys: ['Home'] },
  { id: 'list.last', scope: 'list', keys: ['End'] },
  { id: 'list.left', scope: 'list', keys: ['ArrowLeft'] },
  { id: 'list.right', scope: 'list', keys: ['ArrowRight'] },
  { id: 'list.sort', scope: 'list', keys: ['o'] },
  { id: 'list.wider', scope: 'list', keys: ['+'] },
  { id: 'list.narrower', scope: 'list', keys: ['-'] },
  { id: 'list.value', scope: 'list', keys: ['a'] },
  { id: 'list.open', scope: 'list', keys: ['Enter'] },
  { id: 'groups.next', scope: 'groups', keys: ['ArrowDown'] },
  { id: 'groups.previous', scope: 'groups', keys: ['ArrowUp'] },
  { id: 'groups.expand', scope: 'groups', keys: ['ArrowRight'] },
  { id: 'groups.collapse', scope: 'groups', keys: ['ArrowLeft'] },
  { id: 'path.previous', scope: 'path', keys: ['ArrowLeft'] },
  { id: 'path.next', scope: 'path', keys: ['ArrowRight'] },
  { id: 'path.up', scope: 'path', keys: ['ArrowUp'] },
  { id: 'path.down', scope: 'path', keys: ['ArrowDown'] },
  { id: 'path.first', scope: 'path', keys: ['Home'] },
  { id: 'path.last', scope: 'path', keys: ['End'] },
  { id: 'path.band', scope: 'path', keys: ['e'] },
  { id: 'path.filter', scope: 'path', keys: ['Enter', ' '] },
  { id: 'path.in', scope: 'path', keys: ['+', '='] },
  { id: 'path.out', scope: 'path', keys: ['-'] },
  { id: 'path.whole', scope: 'path', keys: ['0'] },
  { id: 'journey.left', scope: 'journey', keys: ['ArrowLeft'] },
  { id: 'journey.right', scope: 'journey', keys: ['ArrowRight'] },
  { id: 'journey.up', scope: 'journey', keys: ['ArrowUp'] },
  { id: 'journey.down', scope: 'journey', keys: ['ArrowDown'] },
  { id: 'journey.first', scope: 'journey', keys: ['Home'] },
  { id: 'journey.last', scope: 'journey', keys: ['End'] },
  { id: 'journey.beside', scope: 'journey', keys: ['b'] },
  { id: 'journey.bytes', scope: 'journey', keys: ['Enter', ' '] },
  { id: 'bytes.next', scope: 'bytes', keys: ['ArrowDown'] },
  { id: 'bytes.previous', scope: 'bytes', keys: ['ArrowUp'] },
  { id: 'bytes.hex', scope: 'bytes', keys: ['h'] },
  { id: 'bytes.c', scope: 'bytes', keys: ['a'] },
  { id: 'bytes.json', scope: 'bytes', keys: ['i'] },
  { id: 'bytes.hold', scope: 'bytes', keys: ['d'] },
  { id: 'separator.left', scope: 'separator', keys: ['ArrowLeft'] },
  { id: 'separator.right', scope: 'separator', keys: ['ArrowRight'] },
  { id: 'separator.up', scope: 'separator', keys: ['ArrowUp'] },
  { id: 'separator.down', scope: 'separator', keys: ['ArrowDown'] },
  { id: 'separator.reset', scope: 'separator', keys: ['Home'] },
] as const satisfies readonly KeyRow[];

export type KeyId = (typeof KEY_TABLE)[number]['id'];
