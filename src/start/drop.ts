/** Files may be dropped anywhere and at any time, also before React has made the page: the whole window is the target. */
import type { Session } from '#src/state/session.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Takes dropped files, and tells the store while one is held over the page. For as long as the page lives. */
export function listenForFiles(session: Session): void {
  const { store } = session;
  /** Elements that were entered and not left. */
  let depth = 0;
  const setDepth = (to: number): void => {
    depth = Math.max(0, to);
    if (store.getState().fileOver !== depth > 0) store.setState({ fileOver: depth > 0 });
  };
  addEventListener('dragenter', (event: DragEvent) => {
    if (hasFiles(event)) setDepth(depth + 1);
  });
  addEventListener('dragleave', (event: DragEvent) => {
    if (hasFiles(event)) setDepth(depth - 1);
  });
  addEventListener('dragover', (event: DragEvent) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener('drop', (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setDepth(0);
    const files = [...(event.dataTransfer?.files ?? [])];
    // From the start screen the link's view is kept: it may be the view that somebody sent with this file.
    void session.take(files, store.getState().capture === null);
  });
}
