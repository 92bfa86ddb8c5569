/** A filter by a process or a flow asks the same of the share; what is none of the capture's stays. */
import { describe, expect, it } from 'vitest';
import { quoteValue } from '#core/query/parse.ts';
import { sectionBytes, storeOf, UDP_PACKET, type Seen } from '#core/store/testing/scenario.ts';
import { KEEP_ALL } from './testing/keep-all.ts';
import { flowsOf, passing, shared, tasksOf } from './testing/filters.ts';
import { findSecret, seededCapture } from './testing/secrets.ts';
import { snapshotOf } from './testing/snapshots.ts';
import { SharedTasks } from './shared-tasks.ts';

const by = (id: bigint, comm: string, tgid: number, data = UDP_PACKET): Seen => ({
  hook: 'kfree_skb',
  id,
  us: Number(id),
  data,
  extensions: { task: { pid: tgid + 1, tgid, comm } },
});

describe('of a process', () => {
  const capture = sectionBytes({
    seen: [by(1n, 'acme-agent', 4711), by(2n, 'acme-agent', 4712), by(3n, 'curl', 4713), by(4n, 'CURL', 7)],
  });
  const { after, where } = shared(capture);
  const [before, there] = [storeOf(capture), after()];

  it.each<[string, readonly number[]]>([
    ['task == acme-agent', [0, 1]],
    ['task == "Acme-Agent"', [0, 1]],
    ['task == 4711', [0]],
    ['task == "acme-agent/4712"', [1]],
    ['task in {4713, "acme-agent/4711"}', [0, 2]],
    ['task != acme-agent', [2, 3]],
    ['task == "curl/4713"', [2]],
  ])('%s selects the same', (text, journeys) => {
    const to = where(text);
    expect(to).toMatch(/^task (?:==|!=|in) \S.*$/);
    expect(to).not.toMatch(/acme|curl|471/i);
    expect(passing(before, text)).toEqual(journeys);
    expect(passing(there, to!)).toEqual(journeys);
  });

  it.each([
    ['a part of a name', 'task ~ agent'],
    ['one that is not in the capture', 'task == alice'],
    ['a thread', 'task == 4714'],
    ['a pseudonym that somebody wrote', 'task == process1'],
    ['two that a filter does not tell apart and the share does', 'task == curl'],
  ])('%s stays', (_, text) => expect(where(text)).toBeNull());

  it('it goes as it is where names are kept', () => {
    expect(shared(capture, { names: 'keep' }).where('task ~ agent')).toBe('task ~ agent');
  });
});

it('of more processes than are remembered none goes', () => {
  const tasks = new SharedTasks();
  const add = (pid: number) =>
    tasks.add({ pid, tgid: pid, comm: 'a' }, { pid, tgid: 100_000 + pid, comm: 'process1' });
  for (let pid = 1; pid <= 4096; pid++) add(pid);
  const asked = (text: string) =>
    tasks.shared({ literal: { text, from: 0, to: 1, quoted: false }, part: false, isWord: false });
  add(4096);
  expect([asked('4096'), asked('a'), asked('4097')]).toEqual(['104096', 'process1', null]);
  add(4097);
  expect([asked('4096'), asked('a'), asked('4097')]).toEqual([null, null, null]);
});

describe('of a flow', () => {
  const capture = sectionBytes({
    seen: [
      by(1n, 'a', 1),
      { hook: 'netif_rx', id: 2n, us: 2, data: UDP_PACKET.map((byte, i) => (i === 29 ? 77 : byte)) },
    ],
  });
  const { after, where } = shared(capture);
  const [before, there] = [storeOf(capture), after()];

  it('whatever is printed of one selects the same, and does not say its addresses', () => {
    const flows = flowsOf(before);
    expect(flows).toEqual(['UDP 10.0.0.1:4000 > 10.0.0.2:9000', 'UDP 10.0.0.77:4000 > 10.0.0.2:9000']);
    for (const [i, flow] of flows.entries()) {
      const to = where(`flow == ${quoteValue(flow)}`);
      expect(to).toMatch(/^flow == "UDP [\d.]+:4000 > [\d.]+:9000"$/);
      expect(to).not.toContain('10.0.0');
      expect(passing(there, to!)).toEqual([i]);
    }
    const all = where(`flow in {${flows.map(quoteValue).join(', ')}}`);
    expect(passing(there, all!)).toEqual([0, 1]);
  });

  it.each([
    ['2001:db8::1', /^flow == "[0-9a-f:]+ > [0-9a-f:]+"$/],
    ['[2001:db8::1]:53', /^flow == "\[[0-9a-f:]+\]:53 > \[[0-9a-f:]+\]:53"$/],
    ['02:00:00:00:00:01', /^flow == "(?:[0-9a-f]{2}:){5}[0-9a-f]{2} > /],
  ])('of ends of every kind: %s', (end, printed) => {
    const to = where(`flow == "${end} > ${end}"`);
    expect(to).toMatch(printed);
    expect(to).not.toContain(end);
  });

  it.each([
    'flow == alice',
    'flow == "alice > 10.0.0.2"',
    'flow == "10.0.0.1 > alice:80"',
    'flow == "ALICE 10.0.0.1 > 10.0.0.2"',
    'flow == "10.0.0.1:4000123 > 10.0.0.2"',
    'flow == "3221225991 > 10.0.0.2"',
    'flow ~ "10.0.0.1 > 10.0.0.2"',
  ])('with what may be a secret it stays: %s', (text) => expect(where(text)).toBeNull());

  it('it goes as it is where addresses are kept, and with nothing else', () => {
    const { where: kept } = shared(capture, { addresses: 'keep' });
    expect(kept('flow == "UDP 10.0.0.1:4000 > [::1]:53"')).toBe('flow == "UDP 10.0.0.1:4000 > [::1]:53"');
    expect(kept('flow == "alice > 10.0.0.2"')).toBeNull();
    expect(
      shared(capture, { ...KEEP_ALL, addresses: 'pseudonym' }).where('flow == "10.0.0.1 > 10.0.0.2"'),
    ).not.toContain('10.0.0');
  });
});

it('of each process and flow of a capture full of secrets, one to one, and lets none out', () => {
  const { capture, secrets } = seededCapture();
  const before = storeOf(capture);
  const texts = [
    ...flowsOf(before).map((flow) => `flow == ${quoteValue(flow)}`),
    ...tasksOf(before).map((name) => `task == ${quoteValue(name)}`),
  ];
  expect(texts.length).toBeGreaterThan(20);
  const view = texts.map((text): [string, string] => ['where', text]);
  const snapshot = snapshotOf(capture, { notes: { notes: 1, view, report: '', items: [] } });
  const went = snapshot.notes({ notes: 1, view, report: '', items: [] }).notes.view;
  snapshot.end();
  const bytes = snapshot.take();
  const there = storeOf(bytes);
  expect(went).toHaveLength(texts.length);
  went.forEach(([, to], i) => {
    expect(Buffer.from(bytes).includes(JSON.stringify(to)), to).toBe(true);
    expect(passing(there, to), `${texts[i]} → ${to}`).toEqual(passing(before, texts[i]!));
  });
  expect(secrets.filter((secret) => findSecret(bytes, secret) !== '')).toEqual([]);
});
