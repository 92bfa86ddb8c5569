/** What the agent captures, changed from the page: each part with what it costs or saves, and errors at their place. */
import { useEffect, useId, useState, type ReactNode } from 'react';
import type { CaptureAnswer, CaptureControls, CaptureField } from '#core/protocol/capture-ask.ts';
import { HOOKS } from '#core/format/hooks.ts';
import { Modal } from '#src/app/Modal.tsx';
import { printBytes, printRough } from '#src/list/print.ts';
import { printCpu } from '#src/cost/cost.ts';
import { useCost } from '#src/cost/use-cost.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { askOfForm, fetchControls, formOf, postAsk, type Form } from './ask.ts';
import './capture-controls.css';

type Refused = Extract<CaptureAnswer, { ok: false }>;

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

export default function CaptureDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal title="What is captured" onClose={onClose}>
      <Body />
    </Modal>
  );
}

function Body() {
  const [controls, setControls] = useState<CaptureControls | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let gone = false;
    fetchControls().then(
      (found) => {
        if (!gone) setControls(found);
      },
      (reason: unknown) => {
        if (!gone) setError(messageOf(reason));
      },
    );
    return () => {
      gone = true;
    };
  }, []);
  if (error !== '') {
    return (
      <p className="controls-error" role="alert">
        {error}
      </p>
    );
  }
  if (controls === null) return <p className="muted">Asking the agent …</p>;
  return <Controls controls={controls} />;
}

interface Part {
  readonly field: Exclude<CaptureField, 'hasMetadata' | 'before' | 'after'>;
  readonly label: string;
  readonly hint: string;
  /** What it costs, or saves. */
  readonly cost: string;
}

const PARTS: readonly Part[] = [
  { field: 'devices', label: 'Devices', hint: 'eth0, eth1', cost: 'one set of programs each' },
  { field: 'netns', label: 'Namespace', hint: 'its own', cost: 'costs nothing' },
  {
    field: 'hooks',
    label: 'Hooks',
    hint: 'all; or tcx, nf/forward',
    cost: 'an event for each hook a packet passes',
  },
  {
    field: 'filter',
    label: 'Packets',
    hint: 'udp port 4789 and host 10.0.0.1',
    cost: 'decided in the kernel: what does not match is not copied',
  },
  { field: 'mark', label: 'Mark', hint: '0x10/0xff', cost: 'a comparison; the rest is not copied' },
  {
    field: 'tlv',
    label: 'With TLV',
    hint: 'trace_id=0x1f',
    cost: 'a walk over the area in the kernel; the rest is not copied',
  },
  {
    field: 'sample',
    label: 'One in',
    hint: 'all',
    cost: 'so many times fewer journeys, whole; the rest is counted',
  },
  { field: 'rate', label: 'Events/s', hint: 'any', cost: 'no more than about these; the rest is counted' },
  {
    field: 'trigger',
    label: 'Trigger',
    hint: 'lost, drop=NO_SOCKET',
    cost: 'some 2 µs an event in the agent; only what is around is kept',
  },
];

const HOOK_NAMES = HOOKS.filter(({ how }) => how.length > 0).map(({ name }) => name);

function Controls({ controls }: { readonly controls: CaptureControls }) {
  const session = useSession();
  const [form, setForm] = useState<Form>(() => formOf(controls.ask));
  const [refused, setRefused] = useState<Refused | null>(null);
  const [asking, setAsking] = useState<AbortController | null>(null);
  const [said, setSaid] = useState('');
  const set = (part: Partial<Form>) => {
    setForm({ ...form, ...part });
    // What was wrong with another question says nothing of this one.
    if (refused !== null && (refused.field === null || refused.field in part)) setRefused(null);
    setSaid('');
  };
  const still = controls.refused !== '';
  useEffect(() => () => asking?.abort(), [asking]);

  const send = async () => {
    const ask = askOfForm(form);
    setSaid('');
    if ('ok' in ask) {
      setRefused(ask);
      return;
    }
    setRefused(null);
    const controller = new AbortController();
    setAsking(controller);
    try {
      const answer = await postAsk(ask, controller.signal);
      setRefused(answer.ok ? null : answer);
      if (answer.ok) session.store.setState({ dialog: 'none' });
    } catch (reason) {
      if (!controller.signal.aborted) setSaid(messageOf(reason));
    } finally {
      setAsking(null);
    }
  };

  return (
    <form
      className="controls"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Now />
      {still && (
        <p className="controls-note" role="note">
          {controls.refused}
        </p>
      )}
      <p className="controls-field controls-head muted" aria-hidden="true">
        <span>what</span>
        <span>which</span>
        <span>what it costs, or saves</span>
      </p>
      {PARTS.map((part) => (
        <Field
          key={part.field}
          part={part}
          value={form[part.field]}
          disabled={still}
          refused={refused?.field === part.field ? refused : null}
          onChange={(value) => set({ [part.field]: value })}
          {...(part.field === 'devices' && { choices: controls.devices })}
          {...(part.field === 'netns' && { choices: controls.namespaces })}
          {...(part.field === 'hooks' && { choices: HOOK_NAMES })}
        >
          {part.field === 'tlv' && (
            <label className="controls-check">
              <input
                type="checkbox"
                checked={form.hasMetadata}
                disabled={still}
                onChange={({ target }) => set({ hasMetadata: target.checked })}
              />{' '}
              with metadata at all
            </label>
          )}
          {part.field === 'trigger' && (
            <Around form={form} disabled={still} onChange={set} refused={refused} />
          )}
        </Field>
      ))}
      <p className="controls-error" role="alert">
        {said !== ''
          ? said
          : refused !== null && refused.field === null
            ? `${refused.cause}: ${refused.remedy}`
            : ''}
      </p>
      <div className="controls-actions">
        <button className="button solid" disabled={still || asking !== null}>
          {asking === null ? 'Capture this' : 'Trying …'}
        </button>
        {asking !== null && (
          <button type="button" className="button" onClick={() => asking.abort()}>
            Do not wait
          </button>
        )}
        <span className="muted">
          The probe starts again. What was captured stays, and the capture says what was asked for since when.
        </span>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly part: Part;
  readonly value: string;
  readonly disabled: boolean;
  readonly refused: Refused | null;
  readonly onChange: (value: string) => void;
  readonly choices?: readonly string[];
  readonly children?: ReactNode;
}

function Field({ part, value, disabled, refused, onChange, choices, children }: FieldProps) {
  const id = useId();
  // In a list the name after the last comma is completed.
  const before = /^.*,\s*/.exec(value)?.[0] ?? '';
  return (
    <div className="controls-field">
      <label htmlFor={id}>{part.label}</label>
      <span className="controls-inputs">
        <input
          id={id}
          className="mono"
          name={part.field}
          value={value}
          placeholder={part.hint}
          disabled={disabled}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={refused !== null}
          aria-describedby={`${id}-cost`}
          {...(choices !== undefined && { list: `${id}-choices` })}
          onChange={({ target }) => onChange(target.value)}
        />
        {choices !== undefined && (
          <datalist id={`${id}-choices`}>
            {choices.map((choice) => (
              <option key={choice} value={`${before}${choice}`} />
            ))}
          </datalist>
        )}
        {children}
      </span>
      <span id={`${id}-cost`} className={refused === null ? 'muted' : 'controls-error'}>
        {refused === null ? part.cost : `${refused.cause}: ${refused.remedy}`}
      </span>
    </div>
  );
}

interface AroundProps {
  readonly form: Form;
  readonly disabled: boolean;
  readonly refused: Refused | null;
  readonly onChange: (part: Partial<Form>) => void;
}

function Around({ form, disabled, refused, onChange }: AroundProps) {
  return (['before', 'after'] as const).map((field) => (
    <label key={field} className="controls-around">
      {field}{' '}
      <input
        className="mono"
        inputMode="numeric"
        value={form[field]}
        placeholder="100"
        disabled={disabled}
        aria-invalid={refused?.field === field}
        title={refused?.field === field ? `${refused.cause}: ${refused.remedy}` : `Journeys kept ${field} it`}
        onChange={({ target }) => onChange({ [field]: target.value })}
      />
    </label>
  ));
}

/** What watching costs as it is, to compare with: counted while this is open. */
function Now() {
  const cost = useCost();
  const left = usePage((state) => state.newest?.leftOut ?? 0);
  const lost = usePage((state) => state.newest?.lost ?? 0);
  const point = cost?.history.at(-1);
  return (
    <p className="controls-now" aria-live="off">
      <span className="muted">Now:</span>{' '}
      {point === undefined ? (
        <span className="muted">counting …</span>
      ) : (
        <>
          probe <b className="mono">{printCpu(point.probeCpu)}</b>, its programs{' '}
          <b className="mono">{printCpu(point.ownCpu)}</b>, agent{' '}
          <b className="mono">{printCpu(point.agentCpu)}</b> <span className="muted">of one CPU;</span>{' '}
          <b className="mono">{printRough(point.eventsPerSecond)}</b> events/s,{' '}
          <b className="mono">{printBytes(point.bytesPerSecond)}</b>/s;{' '}
        </>
      )}
      <b className="mono">{printRough(lost)}</b> missed, <b className="mono">{printRough(left)}</b> left out
      as asked
    </p>
  );
}
