/** Below the path: how much of the window's height it has at most. What does not fit is scrolled. */
import { useLayoutEffect, useState } from 'react';
import { FIRST_HEIGHT, MAX_HEIGHT, MIN_HEIGHT, savedHeight, saveHeight } from './path-height.ts';
import { Separator } from './Separator.tsx';

export function PathHeight() {
  const [height, setHeight] = useState(savedHeight);
  useLayoutEffect(() => {
    document.documentElement.style.setProperty('--path-height', `${(100 * height).toFixed(1)}vh`);
  }, [height]);
  const move = (to: number) => {
    const next = Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, to));
    setHeight(next);
    saveHeight(next);
  };
  return (
    <Separator
      label="Height of the path"
      isLevel
      place={height}
      least={MIN_HEIGHT}
      most={MAX_HEIGHT}
      onMove={(to) => {
        // A path that is lower than it may be: a step less is one that is seen.
        const seen = (document.querySelector('.path-pane')?.clientHeight ?? Infinity) / innerHeight;
        move(to < height ? Math.min(to, seen + to - height) : to);
      }}
      onDrag={({ clientY }) => {
        const path = document.querySelector('.path-pane')?.getBoundingClientRect();
        const below = document.querySelector('.findings')?.getBoundingClientRect().height ?? 0;
        if (path !== undefined) move((clientY - below - path.top) / innerHeight);
      }}
      onReset={() => move(FIRST_HEIGHT)}
    />
  );
}
