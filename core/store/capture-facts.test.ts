import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import type { CaptureStore } from './capture-store.ts';
import { journeyDetail } from './journey-detail.ts';
import { MAX_HOSTS } from './limits.ts';
import { journeyRows } from './rows.ts';
import { sectionBytes, storeOf } from './testing/scenario.ts';

const RX = 'netif_receive_skb';
const TCX = 'tcx/ingress@first';
const DROP = 'kfree_skb';

describe('what a capture says of its host', () => {
  const catalogue = {
    hooks: [
      { id: 1, name: RX, attached: true, how: 'tp_btf', reason: '' },
      { id: 2, name: TCX, attached: false, how: '', reason: 'kernel 6.1 has no tcx' },
    ],
  };

  it('tells the filter in force, and what is not said is not asked for', () => {
    const filterOf = (value: unknown): CaptureStore =>
      storeOf(
        sectionBytes({
          blocks: (writer) => writer.json(BLOCK_SUBTYPE.filter, value),
          seen: [{ hook: RX, id: 1n, us: 0 }],
        }),
      );
    const nothing = {
      expression: null,
      devices: [],
      netns: null,
      mark: null,
      hasMetadata: false,
      tlv: [],
      sample: null,
      rate: null,
      hooks: [],
      trigger: null,
    };
    expect(filterOf({}).facts.filter).toEqual(nothing);
    const asked = {
      expression: 'udp port 53',
      devices: ['eth0'],
      netns: 'edge',
      mark: { value: 16, mask: 240 },
      hasMetadata: true,
      tlv: [
        { type: 7, value: '0x0a' },
        { type: 4, value: null },
      ],
      sample: 10,
      rate: 1000,
      hooks: ['tcx', 'nf/forward'],
      trigger: { condition: 'lost', before: 2, after: 3 },
    };
    expect(filterOf(asked).facts.filter).toEqual(asked);
    for (const bad of [
      { sample: -1 },
      { devices: 'eth0' },
      { mark: { value: 1 } },
      { expression: 'x'.repeat(9000) },
    ]) {
      const store = filterOf(bad);
      expect(store.facts.filter).toBeNull();
      expect(store.problems.map(({ code }) => code)).toEqual(['bad-block']);
    }
  });

  it('names missing hooks, drop reasons and tasks', () => {
    const host = { kernel: '6.18.44', hostname: 'edge', dropReasons: { '3': 'NO_SOCKET' } };
    const section = sectionBytes({
      blocks: (writer) => {
        writer.json(BLOCK_SUBTYPE.catalogue, catalogue);
        writer.json(BLOCK_SUBTYPE.host, host);
      },
      seen: [
        { hook: RX, id: 1n, us: 0, extensions: { task: { pid: 812, tgid: 810, comm: 'nginx' } } },
        { hook: DROP, id: 1n, us: 1, extensions: { drop: { reason: 3, location: 0n } } },
        { hook: DROP, id: 2n, us: 2, extensions: { drop: { reason: 4, location: 0n } } },
      ],
    });
    const store = storeOf(section);
    expect(store.facts.missingHooks).toEqual([
      { hook: 2, name: TCX, reason: 'kernel 6.1 has no tcx', host: 'edge', file: '' },
    ]);
    expect(journeyDetail(store, 0).hops.map(({ task, drop }) => [task, drop])).toEqual([
      ['nginx/810', ''],
      ['', 'NO_SOCKET'],
    ]);
    expect(journeyDetail(store, 1).hops[0]!.drop).toBe('reason 4');
    expect(journeyRows(store, Uint32Array.of(0), 0, 0).info).toEqual(['dropped: NO_SOCKET']);
  });

  it('names hops and missing hooks alike, wherever in the section it stands', () => {
    const host = (writer: CaptureWriter) =>
      writer.json(BLOCK_SUBTYPE.host, { kernel: '6.18.44', hostname: 'edge' });
    const hooks = (writer: CaptureWriter) => writer.json(BLOCK_SUBTYPE.catalogue, catalogue);
    const hostsOf = (before: readonly ((writer: CaptureWriter) => void)[], behind: typeof before) => {
      const writer = new CaptureWriter();
      const section = sectionBytes({
        blocks: (own) => before.forEach((write) => write(own)),
        seen: [{ hook: RX, id: 1n, us: 0 }],
      });
      behind.forEach((write) => write(writer));
      const { facts, hops } = storeOf(joinChunks([section, writer.take()]));
      return [...facts.missingHooks, ...hops.hops].map((one) => one.host);
    };
    expect(hostsOf([host, hooks], [])).toEqual(['edge', 'edge']);
    expect(hostsOf([hooks, host], [])).toEqual(['edge', 'edge']);
    expect(hostsOf([host], [hooks])).toEqual(['edge', 'edge']);
    // Behind the first interface it is too late for its hops, and so for what is missing among them.
    expect(hostsOf([hooks], [host])).toEqual(['', '']);
    expect(hostsOf([], [host, hooks])).toEqual(['', '']);
  });

  it('is read from so many host blocks and no more', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [] })];
    for (let i = 0; i <= MAX_HOSTS; i++) writer.json(BLOCK_SUBTYPE.host, { kernel: `6.1.${i}` });
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect(store.problems.map(({ cause }) => cause)).toEqual([
      'The host block here is not as it should be (more than 1024 of them); it is ignored.',
    ]);
    expect(store.facts.host).toBeNull();
  });

  it('is ignored with a reason and an offset where it is not as it should be', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [] })];
    const at = bytes[0]!.length;
    writer.json(BLOCK_SUBTYPE.catalogue, { hooks: [{ id: 'one' }] });
    writer.custom(BLOCK_SUBTYPE.host, Uint8Array.of(0x7b));
    writer.json(BLOCK_SUBTYPE.schema, { whither: 2 });
    writer.custom(BLOCK_SUBTYPE.gap, new Uint8Array(4));
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect(store.problems.map(({ code, fatal }) => [code, fatal])).toEqual(
      Array.from({ length: 4 }, () => ['bad-block', false]),
    );
    expect(store.problems[0]!.offset).toBe(at);
    expect(store.problems[0]!.cause).toContain('hook catalogue');
  });
});
