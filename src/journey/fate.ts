/** What became of the metadata, hop by hop and in one sentence: words and tones for what the store found out. Pure. */
import type { HopState, Known } from '#core/diagnosis/types.ts';
import type { JourneyDetail, JourneyHop, TapView } from '#workers/api.ts';
import type { MatrixCellView, MatrixRow, Tone } from './matrix.ts';

const TONES: Readonly<Record<HopState, Tone>> = {
  none: 'absent',
  present: 'same',
  written: 'written',
  changed: 'changed',
  moved: 'changed',
  lost: 'lost',
  suspect: 'unreadable',
  clobbered: 'lost',
  unreadable: 'unreadable',
};

/** As the cells of the list. */
const SIGNS: Readonly<Record<HopState, string>> = {
  none: '',
  present: '',
  written: '+ ',
  changed: '~ ',
  moved: '→ ',
  lost: '× ',
  suspect: '! ',
  clobbered: '# ',
  unreadable: '? ',
};

export const KNOWN_MEANING: Readonly<Record<Known, string>> = {
  seen: 'observed right before and after the operation',
  implied: 'follows from address, MAC header, length and bytes before and after',
  rule: 'this kernel version always does it there',
  unknown: 'nothing explains it',
};

export const TAP_MEANING: Readonly<Record<TapView['kind'], string>> = {
  area: 'a program shows area and packet as they are here',
  blob: 'a program shows bytes of its own',
  hints: 'a program shows what the hardware told it',
  unknown: 'a kind of tap that this page does not know',
};

export const JOIN_MEANING: Readonly<Record<TapView['join'], string>> = {
  skb: 'exact, the same sk_buff',
  head: 'by address and order of time, its data_hard_start became the head of the sk_buff',
  none: 'not known, nothing that follows has its address',
};

/** The worst first. */
const WORST: readonly HopState[] = ['lost', 'clobbered', 'suspect', 'unreadable', 'changed', 'written'];

export interface Verdict {
  readonly tone: Tone;
  readonly text: string;
}

/** What happened to the metadata of this journey, and how it ended when it was dropped. */
export function verdictOf({ diagnosis, hops }: JourneyDetail): Verdict {
  const worst = WORST.find((state) => hops.some((hop) => hop.state === state));
  const reason = hops.find((hop) => hop.drop !== '')?.drop;
  const end = reason === undefined ? '' : ` The packet was dropped: ${reason}.`;
  const text = diagnosis === '' ? 'No metadata at any hop that was observed.' : diagnosis;
  return { tone: worst === undefined ? 'absent' : TONES[worst], text: `${text}${end}` };
}

/** Whether there is anything to explain at a hop. */
export function explained({ cause, writer, tap }: JourneyHop): boolean {
  return cause.evidence !== '' || writer !== '' || tap !== undefined;
}

/** Rows `state`, `cause` and `writer`; none in a capture that does not record metadata. */
export function fateRows(hops: readonly JourneyHop[]): readonly MatrixRow[] {
  if (hops.every(({ metaState }) => metaState === 'not recorded')) return [];
  const row = (key: string, cells: readonly MatrixCellView[]): MatrixRow => ({
    key,
    name: key,
    kind: '',
    tlv: false,
    cells,
  });
  const rows = [row('state', hops.map(stateCell))];
  if (hops.some(({ cause }) => cause.evidence !== '')) rows.push(row('cause', hops.map(causeCell)));
  if (hops.some(({ writer }) => writer !== '')) {
    rows.push(
      row(
        'writer',
        hops.map(({ writer }) => ({
          // The tag is in the tooltip and below: a column has no room for it.
          text: writer.replace(/ \(tag [^)]*\)/g, ''),
          tone: writer === '' ? 'absent' : 'written',
          title: writer === '' ? 'nothing written or changed by a program here' : writer,
        })),
      ),
    );
  }
  return rows;
}

function stateCell({ state, metaState }: JourneyHop): MatrixCellView {
  if (metaState === 'not recorded') return { text: '', tone: 'absent', title: 'not recorded at this hop' };
  if (state === 'none') return { text: '–', tone: 'absent', title: 'no metadata' };
  return { text: `${SIGNS[state]}${state}`, tone: TONES[state], title: state };
}

function causeCell({ state, cause }: JourneyHop): MatrixCellView {
  if (cause.evidence === '') return { text: '', tone: 'absent', title: 'nothing to explain' };
  const text = cause.name === 'unknown' ? 'unknown' : `${cause.operation} (${cause.known})`;
  return { text, tone: TONES[state], title: `${text}: ${cause.evidence}` };
}
