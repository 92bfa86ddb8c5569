/** Tracepoints of XDP that have no packet: counted to the last one, by kind, and never mixed up with packets. */
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COUNTING_HOOKS } from '#core/format/hooks.ts';
import { countedObjects, type CountedObject } from '#core/inspect/summary.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { countedSum } from '#core/store/counted-text.ts';
import { doctor } from '../cli/doctor.ts';
import { inspect } from '../cli/inspect.ts';
import { findPaths } from '../cli/paths.ts';
import { datagrams, withFar } from '../lab/scenario/network.ts';
import { RunningScenario } from '../lab/scenario/run.ts';
import type { Scenario } from '../lab/scenario/types.ts';
import { programsOf, untilUnloaded } from '../lab/testing/host-state.ts';
import { finalStatistics, readCapture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
/** Of xdp-verdicts.bpf.c, which goes by the sequence number modulo 6. */
const SIXTH = 5;
const NO_DEVICE = 0x7ffffffe;
const NO_VERDICT = 17;
const EINVAL = 22;

const VERDICTS: Scenario = {
  name: 'verdicts',
  summary: 'XDP sends packets on, fails to, and returns what is no verdict',
  roles: ['client', 'lab', 'far'],
  network: withFar,
  programs: {
    object: 'xdp-verdicts',
    role: 'lab',
    attach: ['device:out0:devices', 'xdp:lab0:verdicts', 'xdp:in0:idle@far'],
  },
  watch: { role: 'lab', devices: ['lab0', 'out0'] },
  traffic: (ns) => [{ send: datagrams(ns, 6 * SIXTH) }],
  packets: 6 * SIXTH,
  expect: [],
  losses: () => [],
  survival: [],
};

describe.skipIf(skip !== null)(`XDP without packets${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-counts-'));
  const file = path.join(directory, 'counts.pcapng');
  let running: RunningScenario;
  let store: CaptureStore;
  let counted: readonly CountedObject[];
  let programs: readonly number[];

  beforeAll(async () => {
    running = await RunningScenario.start(VERDICTS);
    const probe = await running.record(file);
    programs = programsOf(probe.process.pid!);
    await running.traffic();
    await probe.end('SIGINT');
    store = new CaptureStore();
    const reader = new CaptureReader(store);
    reader.push(readFileSync(file));
    reader.end();
    counted = countedObjects(store);
  });

  afterAll(async () => {
    await running.close();
    rmSync(directory, { recursive: true, force: true });
    await untilUnloaded(programs);
  });

  const at = (hook: string): CountedObject[] => counted.filter(({ hop }) => hop === `lab0:${hook}`);

  it('counts what was redirected, by program, map and entry', () => {
    expect(store.problems).toEqual([]);
    const [redirected, ...others] = at('xdp_redirect');
    expect(others).toEqual([]);
    expect(redirected).toMatchObject({ counted: 2 * SIXTH, program_name: 'verdicts', index: 0, value: 0 });
    const program = store.facts.host!.programs!.find(({ name }) => name === 'verdicts')!;
    expect(redirected!.program).toBe(program.id);
    expect(redirected!.map).toBeGreaterThan(0);
    expect(redirected!.text).toBe(
      `redirected by verdicts (id ${program.id}) to entry 0 of map ${redirected!.map}`,
    );
  });

  it('counts redirects that failed, with their error and target', () => {
    const [failed, ...others] = at('xdp_redirect_err');
    expect(others).toEqual([]);
    expect(failed).toMatchObject({ counted: SIXTH, map: 0, index: NO_DEVICE, value: EINVAL });
    expect(failed!.text).toMatch(/^dropped: redirect by verdicts \(id \d+\) to ifindex \d+ failed, EINVAL$/);
  });

  it('counts exceptions, by what the program returned', () => {
    const exceptions = at('xdp_exception').sort((a, b) => a.value - b.value);
    expect(exceptions.map(({ counted: count, value }) => [count, value])).toEqual([
      [SIXTH, 0],
      [SIXTH, NO_VERDICT],
    ]);
    expect(exceptions[1]!.text).toMatch(/^dropped: verdicts \(id \d+\) returned 17, which is no verdict$/);
  });

  it('has nothing for the other device, and keeps out of events, losses and statistics', () => {
    expect(counted.filter(({ hop }) => hop.startsWith('out0:'))).toEqual([]);
    expect(store.gaps.lost).toBe(0);
    const statistics = finalStatistics(readCapture(file));
    for (const { name } of COUNTING_HOOKS) {
      const hop = store.hops.hops.findIndex((one) => one.name === `lab0:${name}`);
      expect(countedSum(store.counts.of(hop))).toBeGreaterThan(0);
      expect([store.hops.events[hop], store.hops.lost[hop]]).toEqual([0, 0]);
      const { index } = store.interfaces.find((one) => one.name === `lab0:${name}`)!;
      const { received, dropped, delivered } = statistics.get(index)!;
      expect([received, dropped, delivered]).toEqual([0n, 0n, 0n]);
    }
    // What was passed is all that is seen behind XDP.
    const behind = store.hops.hops.findIndex(({ name }) => name === 'lab0:napi_gro_receive_entry');
    expect(store.hops.events[behind]).toBe(SIXTH);
  });

  it('says so in inspect --summary and in whither doctor', async () => {
    const out = new PassThrough();
    await inspect(createReadStream(file), file, { json: false, summary: true, schema: null }, out, out);
    const lines = (out.read() as Buffer).toString().split('\n');
    const from = lines.indexOf('Counted, not seen as packets: the tracepoint has none');
    expect(lines.slice(from + 2, -1).map((line) => line.replace(/\s+/g, ' '))).toEqual(
      counted.map(({ hop, counted: count, text }) => `${hop} ${count} ${text}`),
    );
    const { hooks } = await doctor(findPaths(import.meta.url));
    for (const { name } of COUNTING_HOOKS)
      expect(hooks.find((hook) => hook.name === name)).toEqual({
        name,
        available: true,
        text: 'tp_btf, counts only: the tracepoint has no packet',
      });
  });
});
