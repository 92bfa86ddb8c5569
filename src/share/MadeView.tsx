/** What a share is, before it goes: sizes, what was taken out, packets before and after, and what was written. */
import { kindsText } from '#core/share/kinds-text.ts';
import { VALUE_RULES, type ValueRule } from '#core/share/policy.ts';
import { printCount } from '#src/list/print.ts';
import { pinText } from '#src/notes/pins.ts';
import type { MadeShare, SharePolicy } from '#workers/api.ts';
import { PreviewPackets } from './PreviewPackets.tsx';
import { lostInWords } from './view-words.ts';

interface Props {
  readonly made: MadeShare;
  readonly policy: SharePolicy;
  readonly onRules: (policy: SharePolicy) => void;
}

export function MadeView({ made, policy, onRules }: Props) {
  const { manifest, packets, notes, notesLeft, doubts, valueRules, viewLost } = made;
  const { events, removed, values, expires } = manifest;
  return (
    <section className="share-made" aria-label="What would leave">
      <p role="status" data-testid="share-made">
        <b className="mono">{printCount(events.kept)}</b> events of{' '}
        <b className="mono">{printCount(events.kept + events.left)}</b>:{' '}
        <b className="mono">{printCount(made.blob.size)}</b> bytes of{' '}
        <b className="mono">{printCount(made.bytesBefore)}</b>. Taken out: {printCount(removed.payloadBytes)}{' '}
        bytes of payload, {printCount(removed.unknownBytes)} of metadata that no schema names,{' '}
        {removed.comments} comments, {removed.blocks} blocks
        {kindsText(removed.kinds)}, {removed.mapEntries} entries of maps.
        {expires !== null && ` To be deleted after ${expires}.`}
      </p>
      {events.kept === 0 && (
        <p className="tone-lost" role="alert">
          Nothing of the capture is selected: the share has no packets.
        </p>
      )}
      {notesLeft > 0 && (
        <p className="share-lost" data-testid="notes-left">
          {notesLeft === 1
            ? '1 mark or note on what does not go stays'
            : `${notesLeft} marks and notes on what does not go stay`}{' '}
          here. Choose “also notes on what does not go” to take {notesLeft === 1 ? 'it' : 'them'} along.
        </p>
      )}
      {doubts.length > 0 && (
        <div className="share-lost" role="alert">
          <p>What was written has what looks like an address, a pointer or bytes, and goes as it is:</p>
          <ul>
            {doubts.map((doubt) => (
              <li key={doubt}>
                <code className="mono">{doubt}</code>
              </li>
            ))}
          </ul>
          <p className="muted">
            The capture does not say what it is. Write it in other words if it must not leave.
          </p>
        </div>
      )}
      {viewLost.length > 0 && (
        <div className="share-lost">
          <p>Of this view there stays here:</p>
          <ul>
            {viewLost.map(lostInWords).map(({ what, value, why }, i) => (
              <li key={i}>
                {what} <code className="mono">{value}</code>: {why}
              </li>
            ))}
          </ul>
          <p className="muted">
            Whoever opens the share sees it without. Take off the rule that keeps it, or ask in other words,
            and make it anew.
          </p>
        </div>
      )}
      <PreviewPackets packets={packets} />
      {Object.keys(values).length > 0 && (
        <table>
          <caption>Values of TLVs: how often each went as it is, replaced, and not</caption>
          <thead>
            <tr>
              <th scope="col">type</th>
              <th scope="col">kept</th>
              <th scope="col">replaced</th>
              <th scope="col">dropped</th>
              <th scope="col">rule</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(values).map(([name, counts]) => (
              <tr key={name}>
                <th scope="row" className="mono">
                  {name.endsWith('.') ? `${name} (no schema)` : name}
                </th>
                <td className="mono">{printCount(counts.kept)}</td>
                <td className="mono">{printCount(counts.replaced)}</td>
                <td className="mono">{printCount(counts.dropped)}</td>
                <td>
                  {!name.endsWith('.') && (
                    <select
                      aria-label={`Rule for ${name}`}
                      value={policy.values[name] ?? ''}
                      onChange={({ target }) => onRules(withValue(policy, name, target.value))}
                    >
                      <option value="">by its kind</option>
                      {(valueRules.get(name) ?? VALUE_RULES).map((rule) => (
                        <option key={rule}>{rule}</option>
                      ))}
                    </select>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(notes.report !== '' || notes.items.length > 0) && (
        <details>
          <summary>Report and notes as they go: {notes.items.length}</summary>
          <pre className="mono">
            {[notes.report, ...notes.items.map(({ pin, text }) => `${pinText(pin)}: ${text}`)].join('\n\n')}
          </pre>
        </details>
      )}
      <p className="mono muted">SHA-256 {made.sha256}</p>
    </section>
  );
}

function withValue(policy: SharePolicy, name: string, chosen: string): SharePolicy {
  const { [name]: _, ...others } = policy.values;
  const rule: ValueRule | undefined = VALUE_RULES.find((one) => one === chosen);
  return { ...policy, values: rule === undefined ? others : { ...others, [name]: rule } };
}
