/** The same packet in another sk_buff: each leads to the other journey, where it is known which. */
import type { JourneyDetail, JourneyLink } from '#workers/api.ts';
import { useSession } from '#src/state/context.ts';
import { parseJourneyId } from '#src/state/link-journeys.ts';

const SIGNS: Readonly<Record<JourneyLink['known'], string>> = { exact: '=', inferred: '≈', broken: '?' };

export function Links({ links }: { readonly links: JourneyDetail['links'] }) {
  const session = useSession();
  return (
    <ul className="journey-links" aria-label="The same packet in other journeys">
      {links.map((link, i) => {
        const { journey } = link;
        const id = parseJourneyId(link.id);
        const words = `${link.direction} ${link.kind}`;
        return (
          <li key={`${link.direction}-${link.kind}-${link.id}-${i}`}>
            {journey === null || id === null ? (
              words
            ) : (
              <button className="link" onClick={() => session.journey.select(journey, id)}>
                {words}: journey {link.id}
              </button>
            )}{' '}
            <b className={`certainty ${link.known}`}>
              <span aria-hidden="true">{SIGNS[link.known]} </span>
              {link.known}
            </b>
            <span className="muted">: {link.evidence}</span>
          </li>
        );
      })}
    </ul>
  );
}
