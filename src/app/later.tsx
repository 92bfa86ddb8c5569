/**
 * What is loaded when it is first wanted. Not `lazy`: what has been loaded is there at once, without React's wait of
 * 0.3 s for what was suspended, and what cannot be loaded is said where it would be: `lazy` throws, and takes the page with it.
 */
import { createElement, useEffect, useRef, useState, type ComponentType } from 'react';
import { HeldKeys } from '#src/keys/HeldKeys.tsx';
import { useSession } from '#src/state/context.ts';

/** All parts that there are by now; those of a part come with it. */
export const PARTS = new Set<{ readonly load: () => Promise<unknown> }>();

/** A component that is fetched once; fetching that failed may be tried again. */
export class Part<Props = object> {
  readonly #fetch: () => Promise<{ readonly default: ComponentType<Props> }>;
  #kept: ComponentType<Props> | null = null;

  constructor(fetch: () => Promise<{ readonly default: ComponentType<Props> }>) {
    this.#fetch = fetch;
    PARTS.add(this);
  }

  /** null: it has not come yet. */
  get kept(): ComponentType<Props> | null {
    return this.#kept;
  }

  async load(): Promise<ComponentType<Props>> {
    this.#kept ??= (await this.#fetch()).default;
    return this.#kept;
  }
}

/** The part, or null until it has come. `onFailed` is called when it does not. */
export function usePart<Props>(part: Part<Props>, onFailed: () => void): ComponentType<Props> | null {
  const [loaded, setLoaded] = useState(() => part.kept);
  const failed = useRef(onFailed);
  useEffect(() => {
    failed.current = onFailed;
  });
  useEffect(() => {
    if (loaded !== null) return undefined;
    // It may have come since this was rendered.
    let gone = false;
    part.load().then(
      (found) => {
        if (!gone) setLoaded(() => found);
      },
      () => {
        if (!gone) failed.current();
      },
    );
    return () => {
      gone = true;
    };
  }, [part, loaded]);
  return loaded;
}

export interface Closable {
  readonly onClose: () => void;
}

/** What is opened and closed. Keys that are typed while it is loaded are not lost. */
export function later<Props extends Closable>(
  fetch: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> {
  const part = new Part(fetch);
  return function Later(props: Props) {
    const session = useSession();
    const { onClose } = props;
    const Loaded = usePart(part, () => {
      session.report({
        code: 'not-loaded',
        offset: 0,
        cause: 'A part of the page could not be loaded.',
        remedy: 'Is the server still there? Open it again.',
        fatal: false,
      });
      onClose();
    });
    return Loaded === null ? <HeldKeys onEscape={onClose} /> : createElement(Loaded, props);
  };
}
