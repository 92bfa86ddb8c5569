/**
 * Sharing: what goes and by which rules, then what that is, on real packets, and only then where to. Nothing leaves before a person
 * has seen it.
 */
import { useState } from 'react';
import { MAX_REPORT_CHARS } from '#core/notes/limits.ts';
import { CAREFUL } from '#core/share/policy.ts';
import { Modal } from '#src/app/Modal.tsx';
import { collectNotes } from '#src/notes/collect.ts';
import { draftReport, type ReportOf } from '#src/notes/report.ts';
import { LongWorkLine } from '#src/schema/LongWorkLine.tsx';
import { useLongWork } from '#src/schema/use-long-work.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { isFilteredNow } from '#src/state/in-force.ts';
import type { Session } from '#src/state/session.ts';
import { wholeCapture } from '#src/state/origin.ts';
import type { CaptureNotes, MadeShare, ShareAsk, SharePolicy } from '#workers/api.ts';
import { fileNames } from './file-names.ts';
import { MadeView } from './MadeView.tsx';
import { RULES, isInForce, withRule } from './rules.ts';
import { SendButtons } from './SendButtons.tsx';
import { StoredList } from './StoredList.tsx';
import './share.css';

type What = ReportOf['what'];

const DAY_MS = 86_400_000;
const EXPIRIES = [7, 30, 90, 365] as const;
/** In place of days: when the share is that this is made of. */
const KEPT = -1;

export default function ShareDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const capture = usePage((state) => state.capture);
  const link = usePage((state) => state.link);
  const filtered = usePage(isFilteredNow);
  const marks = usePage((state) => state.marks);
  const report = usePage((state) => state.report);
  const pins = usePage((state) => state.pins);
  const hooks = usePage((state) => state.places);
  const [what, setWhat] = useState<What>(filtered ? 'listed' : 'all');
  const [inTime, setInTime] = useState(link.time !== null);
  const [without, setWithout] = useState<ReadonlySet<number>>(new Set());
  const [policy, setPolicy] = useState<SharePolicy>(CAREFUL);
  const kept = usePage((state) => state.arrived?.manifest?.expires ?? null);
  const [chosenDays, setDays] = useState<number | null>(null);
  /** What is to be deleted is not to last longer by being shared again. */
  const days = chosenDays ?? (kept === null ? 0 : KEPT);
  const [allNotes, setAllNotes] = useState(false);
  const [made, setMade] = useState<MadeShare | null>(null);
  const [sent, setSent] = useState(0);
  const work = useLongWork();
  if (capture === null) return null;

  /** What was made is by other rules: it is not what would go. While it is being made nothing can be changed. */
  const changed = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      setMade(null);
      set(value);
    };
  };
  const setRules = changed(setPolicy);
  const isPart = what !== 'all' || inTime || without.size > 0;
  const make = () => {
    setMade(null);
    work.begin(async (port) => {
      const ask: ShareAsk = {
        capture: await wholeCapture(capture.origin, session.store.getState().newest),
        journeys: what === 'all' ? null : what === 'listed' ? 'listed' : marks.map(({ journey }) => journey),
        time: inTime ? link.time : null,
        hooks: without.size === 0 ? null : hookIds(hooks).filter((id) => !without.has(id)),
        policy,
        notes: await writtenFor(session, what, inTime),
        allNotes,
        files: fileNames(capture.origin),
        expiresMs: days === KEPT ? 'kept' : days === 0 ? null : days * DAY_MS,
      };
      return session.api.makeShare(ask, port);
    }, setMade);
  };
  const choose = (value: What, text: string, disabled = false) => (
    <label>
      <input
        type="radio"
        name="what"
        checked={what === value}
        disabled={disabled}
        onChange={() => changed(setWhat)(value)}
      />{' '}
      {text}
    </label>
  );

  return (
    <Modal title="Share" onClose={onClose}>
      <div className="share">
        <fieldset disabled={work.busy}>
          <legend>What goes</legend>
          {choose('all', 'the whole capture')}
          {choose('listed', 'journeys that the filter passes', !filtered)}
          {choose('marked', `marked journeys (${marks.length})`, marks.length === 0)}
          <label>
            <input
              type="checkbox"
              checked={inTime}
              disabled={link.time === null}
              onChange={({ target }) => changed(setInTime)(target.checked)}
            />{' '}
            only events in the chosen time
          </label>
          <details>
            <summary>Hooks: {without.size === 0 ? 'all' : `all but ${without.size}`}</summary>
            {hookIds(hooks).map((id) => (
              <label key={id}>
                <input
                  type="checkbox"
                  checked={!without.has(id)}
                  onChange={({ target }) => {
                    const next = new Set(without);
                    if (target.checked) next.delete(id);
                    else next.add(id);
                    changed(setWithout)(next);
                  }}
                />{' '}
                {hooks.find(({ hook }) => hook === id)?.label ?? id}
              </label>
            ))}
          </details>
          {isPart && marks.length + pins.length > 0 && (
            <label>
              <input
                type="checkbox"
                checked={allNotes}
                onChange={({ target }) => changed(setAllNotes)(target.checked)}
              />{' '}
              also notes on what does not go
            </label>
          )}
          <p className="muted">
            With it: this view, {report === '' ? 'no report' : 'the report'},{' '}
            {notesText(marks.length + pins.length)}.{' '}
            <button className="link" onClick={() => session.store.setState({ dialog: 'report' })}>
              {report === '' ? 'Write a report' : 'See and change them'}
            </button>
          </p>
        </fieldset>
        <fieldset disabled={work.busy}>
          <legend>What must not leave</legend>
          {RULES.map(({ rule, text, cost }) => (
            <label key={rule} title={`It costs: ${cost}`}>
              <input
                type="checkbox"
                checked={isInForce(policy, rule)}
                onChange={({ target }) => setRules(withRule(policy, rule, target.checked))}
              />{' '}
              {text} <span className="muted">({cost})</span>
            </label>
          ))}
          <label>
            To be deleted after{' '}
            <select value={days} onChange={({ target }) => changed(setDays)(Number(target.value))}>
              {kept !== null && <option value={KEPT}>{kept}, as the share that this is of</option>}
              <option value={0}>no time</option>
              {EXPIRIES.map((one) => (
                <option key={one} value={one}>
                  {one} days
                </option>
              ))}
            </select>
          </label>
        </fieldset>
        {work.busy ? (
          <LongWorkLine work={work} what="Share made" />
        ) : (
          <p>
            <button className={`button ${made === null ? 'solid' : ''}`} onClick={make} data-first-focus>
              {made === null ? 'Make it, and see what would leave' : 'Make it anew'}
            </button>
          </p>
        )}
        {work.error !== '' && (
          <p className="share-error" role="alert">
            {work.error}
          </p>
        )}
        {made !== null && (
          <>
            <MadeView made={made} policy={policy} onRules={setRules} />
            <SendButtons made={made} title={capture.title} onSent={() => setSent(sent + 1)} />
          </>
        )}
        <StoredList sent={sent} />
      </div>
    </Modal>
  );
}

/** A report that the page drafted and nobody changed is of what goes. */
async function writtenFor(session: Session, what: What, inTime: boolean): Promise<CaptureNotes> {
  const state = session.store.getState();
  if (state.report === '' || state.report !== state.drafted) return collectNotes(session);
  const time = inTime ? state.link.time : null;
  const report = (await draftReport(session, { what, time })).slice(0, MAX_REPORT_CHARS);
  return collectNotes(session, { ...state, report });
}

function notesText(count: number): string {
  return count === 1 ? 'one mark or note' : `${count} marks and notes`;
}

function hookIds(hops: readonly { readonly hook: number }[]): readonly number[] {
  return [...new Set(hops.map(({ hook }) => hook))];
}
