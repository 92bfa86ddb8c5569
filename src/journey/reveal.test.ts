import { describe, expect, it } from 'vitest';
import { scrollBy } from './reveal.ts';

describe('scrolling to a cell', () => {
  it('does nothing for what is seen whole', () => {
    expect(scrollBy(150, 250, 100, 500)).toBe(0);
    expect(scrollBy(100, 500, 100, 500)).toBe(0);
  });

  it('goes back for what is under the first column', () => {
    expect(scrollBy(60, 160, 100, 500)).toBe(-40);
    expect(scrollBy(-900, -800, 100, 500)).toBe(-1000);
  });

  it('goes on for what is beyond the edge', () => {
    expect(scrollBy(450, 550, 100, 500)).toBe(50);
  });

  it('shows the beginning of what is wider than the room', () => {
    expect(scrollBy(300, 900, 100, 500)).toBe(200);
  });
});
