import { describe, expect, it } from 'vitest';
import { CELL } from '#workers/api.ts';
import { CELL_LOOKS, lookOf } from './cell.ts';

describe('the cells', () => {
  it('have a look of their own for every state', () => {
    for (const cell of Object.values(CELL)) expect(lookOf(cell).cell).toBe(cell);
  });

  it('are told apart without their colours', () => {
    const signs = CELL_LOOKS.map((look) => look.sign).filter((sign) => sign !== '');
    expect(new Set(signs).size).toBe(signs.length);
    expect(signs).toHaveLength(7);
  });
});
