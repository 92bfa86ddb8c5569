/**
 * Zoom and pan of the path, by d3-zoom, which comes when it is used first. The wheel alone scrolls the page. Texts grow
 * less than what they stand at: they were readable before, and what is near to each other is to come apart.
 */
import { select } from 'd3-selection';
import type { D3ZoomEvent } from 'd3-zoom';

export interface PathZoom {
  /** A place of the drawing stays where it is in view. */
  by(factor: number, x: number, y: number): void;
  whole(): void;
  /** The size of the drawing has changed. */
  resize(width: number, height: number): void;
  /** Brings a place into the middle, when not all of the drawing is in view. */
  reveal(x: number, y: number): void;
  destroy(): void;
}

export const ZOOM_STEP = 1.5;
const MAX_ZOOM = 4;
/** At the most a text is 4^0.25 = 1.4 times as large. */
const TEXT_GROWTH = 0.25;

/** Moves and scales `g.path-root` of `svg`. `onZoom` is told by how much. */
export async function createZoom(svg: SVGSVGElement, onZoom: (scale: number) => void): Promise<PathZoom> {
  const { zoom, zoomIdentity, zoomTransform } = await import('d3-zoom');
  let scale = 1;
  const drawing = select(svg);
  const root = drawing.select<SVGGElement>('g.path-root');
  const behaviour = zoom<SVGSVGElement, unknown>()
    .scaleExtent([1, MAX_ZOOM])
    .filter((event: MouseEvent) => {
      if (event.type === 'wheel') return event.ctrlKey;
      return scale > 1 && event.button === 0 && !event.ctrlKey;
    })
    .on('zoom', ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) => {
      scale = transform.k;
      root.attr('transform', transform.toString()).style('--zoomed-text', scale ** (TEXT_GROWTH - 1));
      onZoom(scale);
    });
  drawing.call(behaviour).on('dblclick.zoom', null);
  return {
    by: (factor, x, y) =>
      drawing.call(behaviour.scaleBy.bind(behaviour), factor, zoomTransform(svg).apply([x, y])),
    whole: () => drawing.call(behaviour.transform.bind(behaviour), zoomIdentity),
    resize: (width, height) => {
      behaviour.extent([
        [0, 0],
        [width, height],
      ]);
      behaviour.translateExtent([
        [0, 0],
        [width, height],
      ]);
    },
    reveal: (x, y) => {
      if (scale > 1) drawing.call(behaviour.translateTo.bind(behaviour), x, y);
    },
    destroy: () => {
      drawing.on('.zoom', null);
      root.attr('transform', null).style('--zoomed-text', null);
    },
  };
}
