/** How large the path is drawn: larger, smaller, and all of it again. */
import { ZOOM_STEP, type PathZoom as Zoom } from './use-path-zoom.ts';
import type { Stop } from './stops.ts';

interface Props {
  readonly zoom: Zoom;
  /** What stays where it is. */
  readonly around: Stop | undefined;
  /** After what was pressed is no longer there. */
  readonly onWhole: () => void;
}

export function PathZoom({ zoom, around, onWhole }: Props) {
  const { scale } = zoom;
  const percent = `${Math.round(100 * scale)} %`;
  return (
    <span className="path-zoom" role="group" aria-label="Size of the path">
      {scale > 1 && (
        <>
          <button
            className="button quiet small"
            aria-label="Smaller"
            title="Smaller (-)"
            onClick={() => zoom.by(1 / ZOOM_STEP, around)}
          >
            −
          </button>
          <button
            className="button small"
            title={`All of the path (0); now it is ${percent}`}
            onClick={onWhole}
          >
            whole path (0)
          </button>
        </>
      )}
      <button
        className="button quiet small"
        aria-label={scale > 1 ? 'Larger' : undefined}
        title="Larger: hops come apart (+, or Ctrl and the wheel)"
        aria-disabled={zoom.largest}
        onClick={() => zoom.by(ZOOM_STEP, around)}
      >
        {scale > 1 ? '+' : 'Zoom +'}
      </button>
      <output className="hidden-text">{scale > 1 ? `Path ${percent} as wide` : 'Whole path'}</output>
    </span>
  );
}
