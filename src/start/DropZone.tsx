/** Says that a file held over the page will be opened (drop.ts). */
import { usePage } from '#src/state/context.ts';

export function DropZone() {
  if (!usePage((state) => state.fileOver)) return null;
  return (
    <div className="drop-over" aria-hidden="true">
      <p>Drop to open</p>
    </div>
  );
}
