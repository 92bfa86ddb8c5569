/** On the start screen: the way to the survival table. */
import { useState } from 'react';
import { later } from '#src/app/later.tsx';

const SurvivalDialog = later(() => import('./SurvivalDialog.tsx'));

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
      {open && <SurvivalDialog onClose={() => setOpen(false)} />}
    </section>
  );
}
