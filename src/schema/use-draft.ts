/**
 * The text of the schema while it is edited. What is valid is in force a moment after the last key, and what is loaded is
 * decoded by it; while it is not, the last that was stays. The text outlives its dialog, not its capture.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { SchemaResult } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';

/** After the last key: long enough not to decode at every letter. */
const SETTLE_MS = 250;

const EXAMPLE = {
  whither: 2,
  name: 'my-metadata',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little' },
  types: [{ type: 1, name: 'trace_id', kind: 'uint', display: 'hex' }],
} as const;

export interface Draft {
  /** null = that of the capture has not come yet. */
  readonly text: string | null;
  readonly errors: SchemaResult['errors'];
  /** own: as in the capture. none: the capture has none, and nothing is in force. */
  readonly state: 'own' | 'none' | 'waiting' | 'in force' | 'refused';
  setText(text: string): void;
  /** Back to the schema of the capture. */
  reset(): void;
}

const NO_ERRORS: SchemaResult['errors'] = [];

export function useDraft(): Draft {
  const session = useSession();
  const draft = usePage((state) => state.schemaDraft);
  const [own, setOwn] = useState<string | null>(null);
  /** The newest text that the worker has judged. */
  const [judged, setJudged] = useState<{
    readonly text: string;
    readonly errors: SchemaResult['errors'];
  } | null>(null);
  const asked = useRef('');

  useEffect(() => {
    let gone = false;
    session.api.capturedSchema().then(
      (text) => gone || setOwn(text),
      (error: unknown) => session.failed(error, 'The schema of the capture could not be read'),
    );
    return () => {
      gone = true;
    };
  }, [session]);

  useEffect(() => {
    if (draft === null) return undefined;
    const timer = setTimeout(() => {
      asked.current = draft;
      session.setSchema(draft).then(
        ({ errors }) => asked.current === draft && setJudged({ text: draft, errors }),
        (error: unknown) => session.failed(error, 'The schema could not be applied'),
      );
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [session, draft]);

  const setText = useCallback((text: string) => session.store.setState({ schemaDraft: text }), [session]);
  const reset = useCallback(() => {
    asked.current = '';
    setJudged(null);
    session.store.setState({ schemaDraft: null });
    session.setSchema('').catch((error: unknown) => session.failed(error, 'The schema could not be reset'));
  }, [session]);

  const isJudged = draft !== null && judged?.text === draft;
  return {
    text: draft ?? (own === '' ? `${JSON.stringify(EXAMPLE, null, 2)}\n` : own),
    errors: judged !== null && draft !== null ? judged.errors : NO_ERRORS,
    state:
      draft === null
        ? own === ''
          ? 'none'
          : 'own'
        : !isJudged
          ? 'waiting'
          : judged.errors.length === 0
            ? 'in force'
            : 'refused',
    setText,
    reset,
  };
}
