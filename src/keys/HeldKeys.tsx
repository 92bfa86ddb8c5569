/** Stands in for what is opened by a key and not there yet. */
import { useEffect, useRef } from 'react';
import { holdKeys } from './hold.ts';

export function HeldKeys({ onEscape }: { readonly onEscape: () => void }) {
  const latest = useRef(onEscape);
  useEffect(() => {
    latest.current = onEscape;
  });
  useEffect(() => holdKeys(() => latest.current()), []);
  return null;
}
