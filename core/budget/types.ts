/** What the metadata area costs, hop by hop and type by type, in bytes per packet. */

export interface BudgetHop {
  /** Index into the hops of the store. */
  readonly hop: number;
  /** Events with an area that could be read. */
  readonly events: number;
  /** Bytes of the area: least, mean, most. */
  readonly least: number;
  readonly mean: number;
  readonly most: number;
  /** The largest area that the tightest buffer here allows (multiple of 4, at most 252); null = the capture does not say. */
  readonly allowed: number | null;
  /** Bytes of headers that still fit in front of the area, in the tightest buffer; null = the capture does not say. */
  readonly front: number | null;
  /** Mean bytes of values, of headers of the framing, of padding, and of areas that no schema reads; they add up to `mean`. */
  readonly values: number;
  readonly headers: number;
  readonly padding: number;
  readonly unread: number;
  /** Mean bytes that the area has more (or less) than at the event of the same packet before. */
  readonly growth: number;
}

export interface BudgetType {
  readonly type: number;
  /** '' when the schema does not know it. */
  readonly name: string;
  /** Packets (journeys) with it, and different values among them; `isCounted` false = there are more than were counted. */
  readonly packets: number;
  readonly distinct: number;
  readonly isCounted: boolean;
  /** Mean bytes of one: of the value, and with its header. */
  readonly valueBytes: number;
  readonly bytes: number;
  /** Bytes that the largest value needs as an integer; null = it is none. */
  readonly neededBytes: number | null;
}

export type AdviceCode =
  | 'traits'
  | 'struct'
  | 'padding'
  | 'constant'
  | 'unique'
  | 'wide'
  | 'near-limit'
  | 'no-room';

export interface Advice {
  readonly code: AdviceCode;
  /** Bytes per packet that following it saves; null = it is not about bytes. */
  readonly saves: number | null;
  /** Name or number of the type that it is about, '' = the area. */
  readonly subject: string;
  /** One sentence, with the numbers. */
  readonly text: string;
}

export interface Budget {
  /** In the order of the path. */
  readonly hops: readonly BudgetHop[];
  /** What costs most first. */
  readonly types: readonly BudgetType[];
  /** What saves most first. */
  readonly advice: readonly Advice[];
  /** Packets with an area. */
  readonly packets: number;
}
