/** A pane of the page that is loaded when it is first opened, or before: nobody waits for it before that. */
import { createElement, useState, type ReactNode } from 'react';
import { usePart, type Part } from './later.tsx';

interface LaterProps<Props> {
  readonly part: Part<Props>;
  readonly props: Props;
  /** `Times between hops`: what could not be loaded, when it could not. */
  readonly what: string;
  /** Around what is said until it has come. */
  readonly frame?: (said: ReactNode) => ReactNode;
}

export function LaterPane<Props extends object>({
  part,
  props,
  what,
  frame = (said) => said,
}: LaterProps<Props>) {
  const [failed, setFailed] = useState(false);
  if (!failed) return <Wanted part={part} props={props} frame={frame} onFailed={() => setFailed(true)} />;
  return frame(
    <p className="pane-empty" role="alert">
      {what} could not be loaded. Is the server still there?{' '}
      <button className="button quiet" onClick={() => setFailed(false)}>
        Try again
      </button>
    </p>,
  );
}

interface WantedProps<Props> {
  readonly part: Part<Props>;
  readonly props: Props;
  readonly frame: (said: ReactNode) => ReactNode;
  readonly onFailed: () => void;
}

function Wanted<Props extends object>({ part, props, frame, onFailed }: WantedProps<Props>) {
  const Loaded = usePart(part, onFailed);
  return Loaded === null ? frame(<p className="pane-empty">Loading …</p>) : createElement(Loaded, props);
}
