/** Below the path: damage that is out of sight; and beside what is found in it, lanes that have nothing to draw. */
import { useEffect, useState, type RefObject } from 'react';
import { printMany } from '#src/list/print.ts';
import { afterFrame } from '#src/state/frame.ts';
import { CALLOUT_HEIGHT, type Callout } from './callouts.ts';
import { laneTitle, type LaneSlots } from './lanes.ts';

/** Of a callout at the side, at least, to be seen. */
const SEEN_PX = 60;

export function PathFoot(props: HiddenProps) {
  return (
    <footer className="path-foot">
      <Hidden {...props} />
    </footer>
  );
}

interface HiddenProps {
  readonly callouts: readonly Callout[];
  readonly scroll: RefObject<HTMLDivElement | null>;
  /** Of what is seen of it. */
  readonly width: number;
  readonly height: number;
  readonly onGo: (key: string) => void;
}

/** Damage that is scrolled out of sight: how much, where, and a way there. */
function Hidden({ callouts, scroll, width, height, onGo }: HiddenProps) {
  const [{ left, top }, setSeen] = useState({ left: 0, top: 0 });
  useEffect(() => {
    const element = scroll.current;
    if (element === null) return undefined;
    const onScroll = () => setSeen({ left: element.scrollLeft, top: element.scrollTop });
    element.addEventListener('scroll', onScroll, { passive: true });
    // Behind the table it is where that was scrolled to.
    const stop = afterFrame(onScroll);
    return () => {
      stop();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroll]);
  if (height === 0) return null;
  const harm = callouts.filter(({ tone }) => tone === 'lost' || tone === 'suspect');
  const isAbove = ({ y }: Callout) => y < top;
  const isBelow = ({ y }: Callout) => y + CALLOUT_HEIGHT > top + height;
  const beside = harm.filter((callout) => !isAbove(callout) && !isBelow(callout));
  const places = [
    { where: 'above ↑', those: harm.filter(isAbove).reverse() },
    { where: 'below ↓', those: harm.filter(isBelow) },
    {
      where: '← to the left',
      those: beside.filter((callout) => callout.x + callout.width < left + SEEN_PX).reverse(),
    },
    { where: 'to the right →', those: beside.filter(({ x }) => x > left + width - SEEN_PX) },
  ];
  return places.map(({ where, those: [first, ...more] }) =>
    first === undefined ? null : (
      <button
        key={where}
        className={`link path-hidden callout-${first.tone}`}
        onClick={() => onGo(first.key)}
      >
        {first.text.split(':')[0]} {where}
        {more.length > 0 && ` and ${more.length} more`}
      </button>
    ),
  );
}

interface SilentProps {
  readonly lanes: readonly LaneSlots[];
  readonly all: boolean;
  readonly onAll: (all: boolean) => void;
}

/** Lanes that are left out, and why there is nothing to draw. */
export function SilentLanes({ lanes, all, onAll }: SilentProps) {
  if (lanes.length === 0 && !all) return null;
  return (
    <section className="silent-lanes" aria-label="Lanes without packets">
      <p className="path-silent muted">
        {lanes.length > 0 && 'Saw nothing: '}
        {lanes.map(({ key, group, lane, slots }) => {
          const missing = slots.flatMap((slot) => (slot.missing === null ? [] : [slot.missing]));
          return (
            <span
              key={key}
              title={missing.map(({ name, reason }) => `${name}: not observed, ${reason}`).join('\n')}
            >
              <b>{group.title}</b> {laneTitle(lane)} ({printMany(slots.length - missing.length, 'hook')}
              {missing.length > 0 && `, ${missing.length} not observed`})
            </span>
          );
        })}
        <button className="link" aria-pressed={all} onClick={() => onAll(!all)}>
          {all ? 'only lanes with packets' : 'show them'}
        </button>
      </p>
    </section>
  );
}
