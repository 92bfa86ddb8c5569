/**
 * Pure TCP ACKs are freed on paths without a tracepoint; the slab hands their sk_buff to whoever asks
 * next. Netlink dumps ask a lot, and their skbs even have a MAC header. None of them may be taken for
 * the next step of the packet before: that would invent losses and record bytes of other processes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { EdgeLab } from './edge/lab.ts';
import { startProbe } from './edge/record.ts';
import { requireKernel } from './testing/require-kernel.ts';

const skip = requireKernel();
const RATE = 400;
const DUMPS = 300;
const PAUSE_MS = 10;

describe.skipIf(skip !== null)(`sk_buffs that are used again${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-reuse-'));
  let lab: EdgeLab;
  const events: InspectedEvent[] = [];

  beforeAll(async () => {
    const file = path.join(directory, 'reuse.pcapng');
    lab = await EdgeLab.start();
    const probe = await startProbe(lab, file);
    await lab.startTraffic(RATE);
    for (let i = 0; i < DUMPS; i++) {
      // In the namespace and outside of it: the slab does not care.
      const args = i % 2 === 0 ? ['-br', 'addr'] : ['-n', lab.netns, '-br', 'addr'];
      expect(spawnSync('ip', args).status).toBe(0);
      await sleep(PAUSE_MS);
    }
    await lab.stopTraffic();
    await probe.end('SIGTERM');
    const problems: unknown[] = [];
    const reader = new CaptureReader(
      new InspectSink({ event: (event) => events.push(event), problem: (problem) => problems.push(problem) }),
    );
    reader.push(readFileSync(file));
    reader.end();
    expect(problems).toEqual([]);
  });

  afterAll(async () => {
    await lab.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('never join a journey of another packet', () => {
    const flows = new Map<string, string>();
    const mixed: string[] = [];
    for (const { journey, protocol, src, dst, sport, dport, hook } of events) {
      if (journey === null) continue;
      const flow = [protocol, src, sport, dst, dport].join(' ');
      const first = flows.get(journey);
      if (first === undefined) flows.set(journey, flow);
      else if (first !== flow) mixed.push(`${journey}: ${first} became ${flow} at ${hook}`);
    }
    expect(flows.size).toBeGreaterThan(500);
    expect(mixed).toEqual([]);
  });

  it('leave packets of the lab, whose metadata nothing removes, without a loss', () => {
    const had = new Set<string>();
    const lost: string[] = [];
    for (const { journey, meta_hex, hook } of events) {
      if (journey === null) continue;
      if (meta_hex !== '') had.add(journey);
      else if (had.has(journey)) lost.push(`${journey} at ${hook}`);
    }
    expect(had.size).toBeGreaterThan(200);
    expect(lost).toEqual([]);
  });
});
