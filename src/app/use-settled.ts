/** What a hand moves: on the page at once, and in the link when the hand rests, for a browser takes some 200 addresses in 30 s. */
import { useEffect, useEffectEvent, useState, type Dispatch, type SetStateAction } from 'react';

const SETTLE_MS = 300;

interface InLink<Value> {
  readonly linked: Value;
  /** Which one it is of, by number. */
  readonly capture: number;
  readonly isSame: (a: Value, b: Value) => boolean;
  readonly write: (value: Value) => void;
}

export function useSettled<Value>({
  linked,
  capture,
  isSame,
  write,
}: InLink<Value>): readonly [value: Value, setValue: Dispatch<SetStateAction<Value>>] {
  const [value, setValue] = useState(linked);
  const [seen, setSeen] = useState({ linked, capture });
  // A link, Back, another capture.
  if (linked !== seen.linked || capture !== seen.capture) {
    setSeen({ linked, capture });
    if (!isSame(linked, value)) setValue(linked);
  }
  const settle = useEffectEvent(write);
  const isSettled = isSame(linked, value);
  useEffect(() => {
    if (isSettled) return undefined;
    const timer = setTimeout(() => settle(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [isSettled, value]);
  return [value, setValue];
}
