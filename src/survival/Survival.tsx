/** On the start screen: the way to the survival table. */
import { lazy, Suspense, useState } from 'react';

/** Loaded when it is opened. */
const SurvivalDialog = lazy(async () => ({ default: (await import('./SurvivalDialog.tsx')).SurvivalDialog }));

export function Survival() {
  const [open, setOpen] = useState(false);
  return (
    <section className="start-block start-live">
      <div>
        <h2>Where metadata survives</h2>
        <p className="muted">
          Operations of the kernel by kernel version, each with the recording that shows it.
        </p>
      </div>
      <button className="button" onClick={() => setOpen(true)}>
        Open the table
      </button>
      {open && (
        <Suspense>
          <SurvivalDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </section>
  );
}
