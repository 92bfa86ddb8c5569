/** A row of tabs: one is in the order of Tab, the arrow keys walk between them. */
import type { KeyboardEvent } from 'react';

interface Props<T extends string> {
  readonly label: string;
  readonly tabs: readonly (readonly [id: T, title: string])[];
  readonly current: T;
  readonly onChoose: (id: T) => void;
}

export function Tabs<T extends string>({ label, tabs, current, onChoose }: Props<T>) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = tabs.findIndex(([id]) => id === current);
    const [next] = tabs[(at + step + tabs.length) % tabs.length]!;
    onChoose(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <div className="schema-tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(([id, title]) => (
        <button
          key={id}
          role="tab"
          id={`schema-tab-${id}`}
          data-tab={id}
          aria-selected={id === current}
          aria-controls="schema-panel"
          tabIndex={id === current ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
