/** One step after the other, each with its part of the page in a ring. Enter and the arrow keys walk, Escape ends it. */
import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { usePage } from '#src/state/context.ts';
import { placeBeside, type Box } from './place.ts';
import { STEPS } from './steps.ts';
import './guide.css';

export default function Guide({ onClose }: { readonly onClose: () => void }) {
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const words = useRef<HTMLDivElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const [ring, setRing] = useState<Box | null>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  const id = useId();
  const isOpen = usePage((state) => state.capture !== null);
  const step = STEPS[at]!;

  useEffect(() => {
    const element = dialog.current;
    const returnTo = document.activeElement;
    if (element?.open === false) element.showModal();
    next.current?.focus();
    return () => {
      element?.close();
      if (returnTo instanceof HTMLElement) returnTo.focus();
    };
  }, []);
  // The sample could not be opened: what is wrong is said behind this.
  useEffect(() => {
    if (!isOpen) onClose();
  }, [isOpen, onClose]);

  // Panes come, move and are another size, with what is read and with what is loaded: it is looked at before every frame.
  useLayoutEffect(() => {
    let frame = 0;
    let part: Element | null = null;
    let seen = '';
    const follow = () => {
      frame = requestAnimationFrame(follow);
      if (part?.isConnected !== true) {
        part = document.querySelector(step.target);
        part?.scrollIntoView({ block: 'nearest' });
      }
      if (part === null || words.current === null) return;
      const { left, top, width, height } = part.getBoundingClientRect();
      const size = { width: words.current.offsetWidth, height: words.current.offsetHeight };
      const page = { width: innerWidth, height: innerHeight };
      const now = JSON.stringify([left, top, width, height, size, page]);
      if (now === seen) return;
      seen = now;
      setRing({ left, top, width, height });
      setPlace(placeBeside({ left, top, width, height }, size, page));
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [step]);

  const go = (to: number) => {
    if (to >= STEPS.length) onClose();
    else if (to >= 0) {
      setAt(to);
      next.current?.focus();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // None of the page's keys, and those of a button stay its own.
    event.stopPropagation();
    if (event.key === 'ArrowRight') go(at + 1);
    else if (event.key === 'ArrowLeft') go(at - 1);
  };
  return (
    <dialog
      ref={dialog}
      className="guide"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      onCancel={onClose}
      onKeyDown={onKeyDown}
    >
      {ring !== null && <div className="guide-ring" style={ring} />}
      <div className="guide-words" ref={words} style={place}>
        <div aria-live="polite">
          <h1 id={`${id}-title`}>{step.title}</h1>
          <p id={`${id}-text`}>{step.text}</p>
        </div>
        <div className="guide-foot">
          <span className="muted mono">
            {at + 1} of {STEPS.length}
          </span>
          <button className="button quiet push" onClick={onClose}>
            End <kbd aria-hidden="true">Esc</kbd>
          </button>
          <button className="button" disabled={at === 0} onClick={() => go(at - 1)}>
            Back <kbd aria-hidden="true">←</kbd>
          </button>
          <button className="button solid" ref={next} onClick={() => go(at + 1)}>
            {at === STEPS.length - 1 ? 'Done' : 'Next'} <kbd aria-hidden="true">↵</kbd>
          </button>
        </div>
      </div>
    </dialog>
  );
}
