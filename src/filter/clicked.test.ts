import { expect, it } from 'vitest';
import { clickedWords, wholeSentence } from './clicked.ts';

const NONE = { hop: null, metadata: null, harm: null, time: null };
const words = (part: Partial<Parameters<typeof clickedWords>[0]>): string =>
  clickedWords({ ...NONE, ...part }, (hop) => `hop ${hop}`, '1000000000');

it('each part that is clicked is told, and that it holds at the hop where there is one', () => {
  const time = { fromNs: '1000001500', toNs: '1000002000' };
  expect(words({})).toBe('');
  expect(words({ hop: 3 })).toBe('seen at hop 3');
  expect(words({ time })).toBe('with an event from 1.5us to 2us');
  expect(words({ metadata: 'without', harm: 'suspect' })).toBe('without metadata, with metadata suspect');
  expect(words({ hop: 3, metadata: 'with', harm: 'lost', time })).toBe(
    'seen at hop 3, with metadata there, with metadata lost there, with an event there from 1.5us to 2us',
  );
});

it('what is clicked and what is written are one sentence', () => {
  expect(wholeSentence('', null)).toBe('');
  expect(wholeSentence('seen at gro', null)).toBe('Journeys seen at gro');
  expect(wholeSentence('', 'journey is 19')).toBe('Journeys where journey is 19');
  expect(wholeSentence('seen at gro', 'journey is 19')).toBe('Journeys seen at gro, and where journey is 19');
});
