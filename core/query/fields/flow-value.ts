/** What is asked of `flow`, read and printed. Pure. */

/** `PROTOCOL SOURCE > DESTINATION`, the protocol may be left out; an end is an address, `A:PORT` or `[A]:PORT`. */
const FLOW = /^(?:([\w.-]+) +)?([^ ]+) *> *([^ ]+)$/;

export interface FlowEnd {
  readonly address: string;
  /** null = it has none. */
  readonly port: string | null;
}

export interface FlowValue {
  /** null = any. */
  readonly protocol: string | null;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
}

/** Its parts as they were written, whatever they are; null = it has others. */
export function parseFlow(text: string): FlowValue | null {
  const match = FLOW.exec(text);
  if (match === null) return null;
  const [, protocol = null, source = '', destination = ''] = match;
  return { protocol, source: endOf(source), destination: endOf(destination) };
}

export function printFlow({ protocol, source, destination }: FlowValue): string {
  return `${protocol === null ? '' : `${protocol} `}${printEnd(source)} > ${printEnd(destination)}`;
}

function endOf(text: string): FlowEnd {
  const bracketed = /^\[([^\]]+)\]:(\d+)$/.exec(text) ?? /^([^:]+):(\d+)$/.exec(text);
  return bracketed === null ? { address: text, port: null } : { address: bracketed[1]!, port: bracketed[2]! };
}

function printEnd({ address, port }: FlowEnd): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
