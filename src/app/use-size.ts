/** Sizes by ResizeObserver: layout is read once per change, never during a redraw. */
import { useLayoutEffect, useState, type RefObject } from 'react';

/** A window that is as low as on a laptop, or lower: as in small-windows.css and filter.css. */
export const LOW_WINDOW_PX = 800;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function useSize(element: RefObject<Element | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const width = Math.round(entry.contentRect.width);
      const height = Math.round(entry.contentRect.height);
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

export function useWidth(element: RefObject<Element | null>): number {
  return useSize(element).width;
}
