import { describe, expect, it } from 'vitest';
import { compileBpf, hasClang } from '#core/btf/testing/compile.ts';
import { sectionBytes } from '#core/store/testing/scenario.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { generatedBytes } from '#workers/testing/capture-bytes.ts';
import { FileSource } from '#workers/sources/file.ts';
import { yieldToTasks } from '#workers/yield.ts';
import { GIVE_UP, type WorkProgress } from './api.ts';
import { SchemaDesk } from './desk.ts';

const SOURCE = `
typedef unsigned int u32; typedef unsigned long long u64;
enum edge_tlv { EDGE_TLV_TRACE = 1, EDGE_TLV_ORIGIN = 3 };
struct edge_meta { u64 seen __attribute__((btf_decl_tag("unit:ns"))); u32 tenant; };
struct edge_meta m; enum edge_tlv t;
int prog(void *ctx) { m.seen = 1; t = EDGE_TLV_ORIGIN; return m.tenant + t; }
`;

function storeOf(bytes: Uint8Array): CaptureStore {
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  reader.push(bytes);
  reader.end();
  return store;
}

/** Nothing here is read from where it came. */
const NO_SOURCE = new FileSource(new File([], 'none'), null);

function deskOn(store: CaptureStore | null): SchemaDesk {
  return new SchemaDesk({ now: () => performance.now(), yieldToTasks }, () => {
    if (store === null) throw new Error('nothing is open');
    return { store, source: NO_SOURCE };
  });
}

/** The end of a port that the page holds, and what came on it. */
function progressPort(): {
  readonly port: MessagePort;
  readonly page: MessagePort;
  readonly said: WorkProgress[];
} {
  const { port1, port2 } = new MessageChannel();
  const said: WorkProgress[] = [];
  port1.onmessage = ({ data }) => said.push(data as WorkProgress);
  return { port: port2, page: port1, said };
}

describe.skipIf(!hasClang)('types of a BPF object (needs clang)', () => {
  it('are listed, searched, and become schemas', async () => {
    const desk = deskOn(null);
    const file = new File([new Uint8Array(compileBpf(SOURCE))], 'edge.bpf.o');
    expect(await desk.openTypes({ kind: 'file', file })).toEqual({ title: 'edge.bpf.o', count: 2 });
    const { types, isCut } = await desk.findTypes('edge_m');
    expect(isCut).toBe(false);
    expect(types).toMatchObject([{ kind: 'struct', name: 'edge_meta', size: 16, count: 2 }]);
    const schema: unknown = JSON.parse(await desk.schemaOfType(types[0]!.id));
    expect(schema).toMatchObject({
      framing: { kind: 'struct', size: 16 },
      types: [
        { name: 'seen', unit: 'ns', offset: 0 },
        { name: 'tenant', offset: 8 },
      ],
    });
    const [tlvs] = (await desk.findTypes('edge_tlv')).types;
    expect(JSON.parse(await desk.schemaOfType(tlvs!.id))).toMatchObject({
      types: [
        { type: 1, name: 'trace' },
        { type: 3, name: 'origin' },
      ],
    });
  });
});

describe('types that cannot be read', () => {
  it('say what is wrong, where, and what to do; those that were open stay', async () => {
    const desk = deskOn(null);
    const broken = new File([new Uint8Array([0x9f, 0xeb, 9, 0])], 'broken.btf');
    await expect(desk.openTypes({ kind: 'file', file: broken })).rejects.toMatchObject({
      code: 'types-unreadable',
      cause: expect.stringMatching(/^broken\.btf: .*\(byte \d+\)\.$/) as string,
      remedy: expect.stringContaining('clang -g') as string,
    });
    await expect(async () => desk.findTypes('')).rejects.toMatchObject({ code: 'no-types' });
  });
});

describe('a proposal', () => {
  it('is made in slices, has a schema that is one, and shows what it would read', async () => {
    const desk = deskOn(storeOf(generatedBytes(600)));
    const { port, page } = progressPort();
    const proposal = await desk.proposeSchema(port);
    page.close();
    expect(proposal?.verdict).toBe('framing');
    const [best] = proposal!.candidates;
    expect(best!.preview.exact).toBe(best!.preview.sampled);
    expect(best!.preview.areas[0]!.tlvs.length).toBeGreaterThan(1);
    expect(best!.confidence).toBeGreaterThan(0.5);
    // What it proposes is a schema: it is compared with itself.
    expect(await desk.diffSchemas(best!.schema, best!.schema)).toEqual({ changes: [], error: '' });
  });

  it('is given up when nobody wants it any more', async () => {
    const desk = deskOn(storeOf(generatedBytes(600)));
    const { port, page } = progressPort();
    page.postMessage(GIVE_UP);
    expect(await desk.proposeSchema(port)).toBeNull();
    page.close();
  });
});

describe('the capture for Wireshark', () => {
  it('has a comment for each area, and everything else as it was', async () => {
    const bytes = generatedBytes(300);
    const { port, page } = progressPort();
    const file = new File([bytes], 'c.pcapng');
    const blob = await deskOn(new CaptureStore()).exportForWireshark({ kind: 'file', file }, null, port);
    page.close();
    const written = new Uint8Array(await blob!.arrayBuffer());
    const before = storeOf(bytes);
    const after = storeOf(written);
    expect(after.events.count).toBe(before.events.count);
    expect(after.areas.count).toBe(before.areas.count);
    expect(new TextDecoder('latin1').decode(written)).toMatch(/whither:1 meta=[0-9a-f]+/);
  });

  it('of one hop has its packets alone, and is refused for one that saw none', async () => {
    const bytes = new Uint8Array(
      sectionBytes({
        seen: [
          { hook: 'netif_receive_skb', id: 1n, us: 0, meta: [1, 4, 7, 0, 0, 0] },
          { hook: 'tcx/ingress@first', id: 1n, us: 1 },
          { hook: 'tcx/ingress@first', id: 2n, us: 2 },
        ],
      }),
    );
    const file = new File([bytes], 'c.pcapng');
    const write = async (hop: string) => {
      const { port, page } = progressPort();
      const blob = await deskOn(new CaptureStore())
        .exportForWireshark({ kind: 'file', file }, hop, port)
        .finally(() => page.close());
      return storeOf(new Uint8Array(await blob!.arrayBuffer()));
    };
    for (const hop of ['eth0:tcx/ingress@first', 'eth0:tcx/ingress@first~7']) {
      const { events, journeys } = await write(hop);
      expect([events.count, journeys.count]).toEqual([2, 2]);
    }
    await expect(write('eth0:tcx/ingress@first~8')).rejects.toMatchObject({ code: 'no-packets' });
  });

  it('is refused for a capture without metadata, with the remedy', async () => {
    const bytes = new Uint8Array(sectionBytes({ seen: [{ hook: 'tcx/ingress@first', id: 1n, us: 0 }] }));
    const { port, page } = progressPort();
    const file = new File([bytes], 'c.pcapng');
    await expect(
      deskOn(new CaptureStore()).exportForWireshark({ kind: 'file', file }, null, port),
    ).rejects.toMatchObject({
      code: 'no-metadata',
    });
    page.close();
  });
});

describe('the schema of the capture', () => {
  it('is that of the capture, whatever the user has put in its place', async () => {
    const store = storeOf(generatedBytes(100));
    const desk = deskOn(store);
    const own = await desk.capturedSchema();
    expect(JSON.parse(own)).toMatchObject({ whither: 2 });
    const { areas, exact, sampled, unread } = await desk.previewAreas();
    expect([exact, unread]).toEqual([sampled, 0]);
    expect(areas[0]!.tlvs[0]!.name).not.toBe('');
    expect(await desk.emitSchema(own, 'wireshark')).toContain('Proto');
    expect(await desk.emitSchema(own, 'c')).toContain('#define');
    await expect(desk.emitSchema('{}', 'c')).rejects.toMatchObject({ code: 'schema-invalid' });
  });
});
