import { useEffect, useEffectEvent, type RefObject } from 'react';

/** A wheel handler that may keep the browser from scrolling or zooming the page, which React's is not allowed to: by `true`. */
export function useWheel(
  element: RefObject<HTMLElement | null>,
  onWheel: (event: WheelEvent) => boolean,
): void {
  const handle = useEffectEvent(onWheel);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const handler = (event: WheelEvent) => {
      if (handle(event)) event.preventDefault();
    };
    target.addEventListener('wheel', handler, { passive: false });
    return () => target.removeEventListener('wheel', handler);
  }, [element]);
}
