/** How kernels and cells of the survival table are named. */
import type { SurvivalCell } from '#core/survival/table.ts';

/** `6.12.117`: without what a distribution adds. */
export function kernelName(release: string): string {
  return /^\d+(\.\d+)*/.exec(release)?.[0] ?? release;
}

/** Sign, word and class of a cell: colour is never the only sign. */
export function cellLook(cell: SurvivalCell | null): { sign: string; word: string; className: string } {
  if (cell === null) return { sign: '·', word: 'not run', className: 'unknown' };
  const { outcome } = cell;
  switch (outcome) {
    case 'survives':
      return { sign: '✓', word: 'survives', className: 'survives' };
    case 'moved':
      return { sign: '→', word: 'moved', className: 'survives' };
    case 'lost':
      return { sign: '✕', word: 'lost', className: 'lost' };
    case 'stale':
      return { sign: '?', word: 'stale', className: 'stale' };
    case 'clobbered':
      return { sign: '≠', word: 'clobbered', className: 'lost' };
    case 'changed':
      return { sign: '~', word: 'changed', className: 'changed' };
    case 'not possible':
      return { sign: '–', word: 'not possible', className: 'unknown' };
  }
}
