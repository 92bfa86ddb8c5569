/** What became of the metadata of this journey, in words: three lines of them, and the rest when it is asked for. */
import { useLayoutEffect, useRef, useState } from 'react';

interface Props {
  readonly text: string;
  readonly tone: string;
}

export function Verdict({ text, tone }: Props) {
  const said = useRef<HTMLSpanElement>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const [cut, setCut] = useState(false);
  const open = opened === text;
  useLayoutEffect(() => {
    const element = said.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setCut(element.scrollHeight > element.clientHeight + 1));
    observer.observe(element);
    return () => observer.disconnect();
  }, [text]);
  return (
    <p className={`verdict tone-${tone}`} data-open={open}>
      <span ref={said} className="verdict-text">
        {text}
      </span>
      {(cut || open) && (
        <button className="link" aria-expanded={open} onClick={() => setOpened(open ? null : text)}>
          {open ? 'less' : 'more'}
        </button>
      )}
    </p>
  );
}
