/** When what was just rendered has been drawn. */

/** A tab in the background draws nothing, and still wants to know how the capture fares. */
const BACKGROUND_MS = 1000;

/** Calls back once the next frame is done: its style, layout and paint included. Returns how to take that back. */
export function afterFrame(callback: () => void): () => void {
  let called = false;
  const once = (): void => {
    if (called) return;
    called = true;
    clearTimeout(timer);
    callback();
  };
  const timer = setTimeout(once, BACKGROUND_MS);
  // Animation frame callbacks run before the frame is laid out and painted, a task from there runs after it.
  requestAnimationFrame(() => setTimeout(once, 0));
  return () => {
    called = true;
    clearTimeout(timer);
  };
}
