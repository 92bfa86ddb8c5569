/** How a report says things. Pure. */
import { printInstant } from '#core/time/instant.ts';
import type { Ns } from '#core/time/ns.ts';
import { printDuration } from '#src/list/print.ts';
import { hopKey } from '#src/state/hop-key.ts';
import type { Hop, JourneyHop, LossRow } from '#workers/api.ts';

/** A list of at most `limit`, which says how many more there are. */
export function bullets(lines: readonly string[], limit = Infinity): string {
  const more = lines.length - limit;
  const shown = more > 0 ? [...lines.slice(0, limit), `and ${more} more`] : lines;
  return shown.map((line) => `- ${line}`).join('\n');
}

/** Text that Markdown leaves as it is. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** A sentence with names in it: what would be Markdown is none. */
export function plain(text: string): string {
  return text.replace(/[\\`*[<]|(?<!\w)_|_(?!\w)/g, '\\$&');
}

export function hopText(hops: readonly Hop[], index: number): string {
  return code(hopKey(hops, index) ?? `hop ${index}`);
}

/** '' = it is not known. */
export function instant(ns: string): string {
  return ns === '' ? '' : printInstant(BigInt(ns) as Ns);
}

/** From one Unix time to another. */
export function apart(fromNs: string, toNs: string): string {
  return printDuration(Number(BigInt(toNs) - BigInt(fromNs)));
}

interface Explained {
  readonly name: string;
  readonly operation: string;
  readonly known: JourneyHop['cause']['known'];
}

/** `pskb_expand_head (implied)`; `cause unknown`. */
export function causeText({ name, operation, known }: Explained): string {
  return name === 'unknown' ? 'cause unknown' : `${plain(operation)} (${known})`;
}

/** What came to metadata: `changed` is told of where a program took something away. */
export function harmText(state: LossRow['state']): string {
  return state === 'changed' ? 'TLV removed' : `metadata ${state}`;
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
