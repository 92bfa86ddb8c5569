/** Zoom and pan of the path, once d3-zoom has come. */
import { useEffect, useRef, useState } from 'react';
import { createZoom, type PathZoom } from './zoom.ts';

/** Behind the first drawing. */
const ZOOM_LATER_MS = 400;

/** Before d3-zoom has come nothing happens; it comes when the page has time. */
export function usePathZoom(
  svg: { readonly current: SVGSVGElement | null },
  width: number,
  height: number,
  drawn: boolean,
): Pick<PathZoom, 'by' | 'whole' | 'reveal'> & { readonly zoomed: boolean } {
  const [zoomed, setZoomed] = useState(false);
  const zoom = useRef<PathZoom | null>(null);
  useEffect(() => {
    let gone = false;
    const load = async () => {
      if (svg.current === null) return;
      const element = svg.current;
      const made = await createZoom(element, (scale) => setZoomed(scale > 1));
      if (gone) made.destroy();
      else zoom.current = made;
      made.resize(element.width.baseVal.value, element.height.baseVal.value);
    };
    const timer = setTimeout(() => void load().catch(() => undefined), ZOOM_LATER_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
      zoom.current?.destroy();
      zoom.current = null;
      setZoomed(false);
    };
  }, [svg, drawn]);
  useEffect(() => zoom.current?.resize(width, height), [width, height]);
  return {
    zoomed,
    by: (factor, x, y) => zoom.current?.by(factor, x, y),
    whole: () => zoom.current?.whole(),
    reveal: (x, y) => zoom.current?.reveal(x, y),
  };
}
