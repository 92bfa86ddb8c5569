/** What a note can be about, as it is said and as one goes there. Pure, but for `goTo`. */
import { quoted, tlvFieldText } from '#core/query/quote.ts';
import { parseJourneyId } from '#src/state/link-journeys.ts';
import { printTime } from '#src/state/link-view.ts';
import type { Session } from '#src/state/session.ts';
import type { PageState } from '#src/state/store.ts';
import { hopKey } from '#src/state/hop-key.ts';
import type { Pin } from '#workers/api.ts';

export function pinText(pin: Pin): string {
  switch (pin.on) {
    case 'journey':
      return `journey ${pin.id}`;
    case 'hop':
      return `hop ${pin.hop}`;
    case 'tlv':
      return `TLV ${pin.name}`;
    case 'time':
      return printTime(pin);
    case 'cause':
      return `cause ${pin.cause}`;
  }
}

/** The journey has its own place (`Mark`); these are the others that are on screen. */
export function pinsOf({ detail, at, link, newest }: PageState): readonly Pin[] {
  const event = detail?.hops[at];
  const hop = event === undefined ? null : hopKey(newest?.hops ?? [], event.hop);
  const cause = event?.cause.name ?? 'none';
  const tlvs = detail?.rows.filter(({ name }) => name !== '') ?? [];
  return [
    ...(hop === null ? [] : [{ on: 'hop', hop } as const]),
    ...(cause === 'none' ? [] : [{ on: 'cause', cause } as const]),
    ...(link.time === null ? [] : [{ on: 'time', ...link.time } as const]),
    ...tlvs.map(({ name }) => ({ on: 'tlv', name }) as const),
  ];
}

/** Shows what it is about: the journey, or those that the filter then passes. */
export async function goTo(session: Session, pin: Pin): Promise<void> {
  switch (pin.on) {
    case 'journey': {
      const id = parseJourneyId(pin.id);
      if (id === null) return;
      const journey = await session.api.journeyOf(id.hi, id.lo, pin.run);
      if (journey >= 0) session.journey.select(journey, id);
      return;
    }
    case 'hop':
      session.filter.set({ hop: pin.hop });
      return;
    case 'time':
      session.filter.set({ time: { fromNs: pin.fromNs, toNs: pin.toNs } });
      return;
    case 'tlv':
      session.filter.join(tlvFieldText(pin.name), 'only');
      return;
    case 'cause':
      session.filter.join(`cause == ${quoted(pin.cause)}`, 'only');
  }
}
