import { describe, expect, it } from 'vitest';
import { remembered } from './history.ts';

describe('the history of filters', () => {
  it('has the newest first, each once', () => {
    expect(remembered(['b', 'a'], 'c')).toEqual(['c', 'b', 'a']);
    expect(remembered(['c', 'b', 'a'], 'a')).toEqual(['a', 'c', 'b']);
  });

  it('keeps of an expression that is being written the last', () => {
    expect(remembered(['meta', 'a'], 'meta && drop')).toEqual(['meta && drop', 'a']);
  });

  it('is bounded', () => {
    const long = Array.from({ length: 60 }, (_, i) => `mark == ${i}`);
    expect(remembered(long, 'drop')).toHaveLength(40);
  });
});
