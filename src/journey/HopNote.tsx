/** What is known about the chosen hop: state, cause, how it is known, the evidence, who wrote, and what a tap said. */
import type { JourneyHop } from '#workers/api.ts';
import { valueProps } from '#src/keys/focused-value.ts';
import { explained, JOIN_MEANING, KNOWN_MEANING, TAP_MEANING } from './fate.ts';

export function HopNote({ hop, name }: { readonly hop: JourneyHop; readonly name: string }) {
  if (!explained(hop)) return null;
  const { state, cause, writer, tap } = hop;
  return (
    <dl className="hop-note" aria-label={`Why, at ${name}`}>
      <dt>at</dt>
      <dd>
        <span className="mono" {...valueProps('hop', name)}>
          {name}
        </span>
        : <span {...valueProps('state', state)}>{state}</span>
      </dd>
      {cause.evidence !== '' && (
        <>
          <dt>cause</dt>
          <dd {...valueProps('cause', cause.name)}>
            {cause.name === 'unknown' ? 'unknown' : cause.operation}
          </dd>
          <dt>known</dt>
          <dd {...valueProps('known', cause.known)}>
            {cause.known} <span className="muted">({KNOWN_MEANING[cause.known]})</span>
          </dd>
          <dt>evidence</dt>
          <dd>{cause.evidence}</dd>
        </>
      )}
      {writer !== '' && (
        <>
          <dt>writer</dt>
          <dd className="mono">{writer}</dd>
        </>
      )}
      {tap !== undefined && (
        <>
          <dt>tap</dt>
          <dd>{TAP_MEANING[tap.kind]}</dd>
          <dt>packet</dt>
          <dd>{JOIN_MEANING[tap.join]}</dd>
          {tap.blob !== '' && (
            <>
              <dt>blob</dt>
              <dd className="mono hop-blob">{tap.blob.replace(/..(?=.)/g, '$& ')}</dd>
            </>
          )}
        </>
      )}
    </dl>
  );
}
