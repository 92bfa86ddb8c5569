import { expect, it } from 'vitest';
import type { LintSummary } from '#workers/api.ts';
import { edgeHops } from '#src/testing/hops.ts';
import { groupFindings } from './group.ts';

type Row = LintSummary['rows'][number];

function found(hop: number, part: Partial<Row>): Row {
  const row = { code: 'misaligned', severity: 'note', type: 1, name: 'trace', events: 2, of: 4 } as const;
  return { ...row, hop, example: hop, exampleId: String(hop), text: `at ${hop}`, ...part };
}

it('one finding is one line, that of the first hop on the path; the gravest stands first', () => {
  const hops = edgeHops();
  const inPath = [...hops].filter(({ lane }) => lane === 'rx').sort((a, b) => a.order - b.order);
  const [early, late] = [inPath[0]!.index, inPath[1]!.index];
  const groups = groupFindings(
    [
      found(late, { events: 90 }),
      found(early, { events: 10 }),
      found(late, { code: 'not-in-enum', severity: 'warning', type: 2, name: 'verdict' }),
      found(late, { type: null, code: 'overrun', severity: 'error', name: '' }),
    ],
    hops,
  );
  expect(groups.map(({ first }) => first.severity)).toEqual(['error', 'warning', 'note']);
  expect(groups[2]).toMatchObject({ events: 100, of: 8, first: { hop: early } });
  expect(groups[2]!.rows.map(({ hop }) => hop)).toEqual([early, late]);
  expect(groupFindings([], hops)).toEqual([]);
});
