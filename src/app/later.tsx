/**
 * What is opened and closed, as a component that is loaded when it is first opened. Not `lazy`: what has been loaded is
 * there at once, without React's wait of 0.3 s for what was suspended, and keys that are typed meanwhile are not lost.
 */
import { useEffect, useRef, useState, type ComponentType } from 'react';
import { HeldKeys } from '#src/keys/HeldKeys.tsx';
import { useSession } from '#src/state/context.ts';

export interface Closable {
  readonly onClose: () => void;
}

export function later<Props extends Closable>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> {
  const kept: { part: ComponentType<Props> | null } = { part: null };
  return function Later(props: Props) {
    const session = useSession();
    const [Part, setPart] = useState(() => kept.part);
    const { onClose } = props;
    const close = useRef(onClose);
    useEffect(() => {
      close.current = onClose;
    });
    useEffect(() => {
      if (kept.part !== null) return undefined;
      let gone = false;
      load().then(
        (loaded) => {
          kept.part = loaded.default;
          if (!gone) setPart(() => loaded.default);
        },
        () => {
          if (gone) return;
          session.report({
            code: 'not-loaded',
            offset: 0,
            cause: 'A part of the page could not be loaded.',
            remedy: 'Is the server still there? Open it again.',
            fatal: false,
          });
          close.current();
        },
      );
      return () => {
        gone = true;
      };
    }, [session]);
    return Part === null ? <HeldKeys onEscape={onClose} /> : <Part {...props} />;
  };
}
