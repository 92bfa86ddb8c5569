/** Writes to the clipboard and says for a moment what was copied. */
import { useState } from 'react';
import type { Session } from '#src/state/session.ts';

export function useCopy(
  session: Session,
): readonly [copied: string, copy: (what: string, text: string) => void] {
  const [copied, setCopied] = useState('');
  const copy = (what: string, text: string) => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(what),
      () =>
        session.report({
          code: 'clipboard',
          offset: 0,
          cause: 'The browser did not let the page copy.',
          remedy: 'Allow clipboard access for this page, or select the bytes by hand.',
          fatal: false,
        }),
    );
  };
  return [copied, copy];
}
