/** A dialog on the browser's own <dialog>: focus trap, Escape and backdrop come with it, no styles injected. */
import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Modal({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  /** A selection dragged from a text to the backdrop ends as a click there, and closes nothing. */
  const pressedBackdrop = useRef(false);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const returnTo = document.activeElement;
    if (!element.open) element.showModal();
    // The browser takes the first that can have it, which is the button that closes.
    element.querySelector<HTMLElement>('[data-first-focus]')?.focus();
    return () => {
      element.close();
      if (returnTo instanceof HTMLElement) returnTo.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => {
        // React tells the dialog around one of what the browser tells that one alone.
        if (event.target === dialog.current) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onPointerDown={(event) => {
        pressedBackdrop.current = event.target === dialog.current;
      }}
      onClick={(event) => {
        if (event.target === dialog.current && pressedBackdrop.current) onClose();
      }}
    >
      <div className="dialog-head">
        <h1>{title}</h1>
        <button className="button quiet" onClick={onClose}>
          Close <kbd aria-hidden="true">Esc</kbd>
        </button>
      </div>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
