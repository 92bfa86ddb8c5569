/** Framings that fit the areas, with what says so. Nothing is decoded by one until a person takes it. */
import { useState } from 'react';
import type { ProposedSchema, SchemaProposal } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { useSession } from '#src/state/context.ts';
import { AreaList } from './AreaList.tsx';
import { withPart } from './document.ts';
import { LongWorkLine } from './LongWorkLine.tsx';
import { useLongWork } from './use-long-work.ts';

interface Props {
  readonly text: string;
  readonly onUse: (text: string) => void;
}

export function ProposalPanel({ text, onUse }: Props) {
  const session = useSession();
  const work = useLongWork();
  const [proposal, setProposal] = useState<SchemaProposal | null>(null);
  const [open, setOpen] = useState(0);
  const look = () =>
    work.begin(
      (port) => session.api.proposeSchema(port),
      (made) => {
        setProposal(made);
        setOpen(0);
      },
    );
  return (
    <>
      <p className="muted">
        Tries framings on the bytes of the areas that are loaded and ranks those that fit. It decodes nothing
        by itself.
      </p>
      {work.busy ? (
        <LongWorkLine work={work} what="Framings tried" />
      ) : (
        <button className="button solid" onClick={look}>
          {proposal === null ? 'Look at the bytes' : 'Look again'}
        </button>
      )}
      {work.error !== '' && <p className="schema-error">{work.error}</p>}
      {proposal !== null && !work.busy && (
        <>
          <p role="status">{proposal.text}</p>
          {proposal.verdict === 'layout' && (
            <p className="muted">Take the struct from your program: “Types from BTF”.</p>
          )}
          <ol className="schema-candidates">
            {proposal.candidates.map((candidate, i) => (
              <li key={candidate.framing}>
                <button
                  className="link"
                  aria-expanded={open === i}
                  onClick={() => setOpen(open === i ? -1 : i)}
                >
                  <span aria-hidden="true">{open === i ? '▾' : '▸'}</span>{' '}
                  <b className="mono">{Math.round(100 * candidate.confidence)} %</b> {candidate.framing}
                </button>
                {open === i && <Candidate candidate={candidate} text={text} onUse={onUse} />}
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Candidate({ candidate, text, onUse }: Props & { readonly candidate: ProposedSchema }) {
  const { evidence, alike, types, preview, schema } = candidate;
  const more = withPart(text, schema);
  return (
    <div className="schema-candidate">
      <p>{evidence}</p>
      {alike.length > 0 && <p className="muted">Reads the same bytes alike with: {alike.join('; ')}.</p>}
      <div className="schema-choice">
        <button className="button solid" onClick={() => onUse(schema)}>
          Use this
        </button>
        {more !== null && (
          <button className="button" onClick={() => onUse(more)}>
            Add it to the text
          </button>
        )}
      </div>
      <div className="schema-scroll">
        <table className="area-table schema-evidence" aria-label="Types and what their values look like">
          <thead>
            <tr>
              {['type', 'looks like', 'because', 'value', 'in areas', 'different', 'entropy', 'in place'].map(
                (title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {types.map((type) => (
              <tr key={type.type}>
                <th scope="row" className="mono">
                  {type.type}
                </th>
                <td>{type.look}</td>
                <td className="schema-because">{type.evidence}</td>
                <td className="number">{type.length}</td>
                <td className="number">{printCount(type.areas)}</td>
                <td className="number">{printCount(type.distinct)}</td>
                <td className="number">{type.entropyBits.toFixed(1)} bits</td>
                <td className="number">{Math.round(100 * type.stability)} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted">It would read:</p>
      <AreaList preview={preview} />
    </div>
  );
}
