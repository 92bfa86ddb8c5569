import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { requireKernel } from '../testing/require-kernel.ts';
import { Judge, type Judgement } from './judge.ts';
import { cross, piecesOf, type Flow } from './lab.ts';

const skip = requireKernel();
const COUNT = 2000;
const RATE = 2000;
const UDP = { transport: 'udp', count: COUNT, rate: RATE, bytes: 64 } as const;
const TCP = { transport: 'tcp', count: COUNT, rate: RATE, bytes: 1200, mirrored: false } as const;
const FLOWS: readonly Flow[] = [
  { ...UDP, family: 'IPv4', mirrored: false, first: 1 },
  { ...UDP, family: 'IPv6', mirrored: true, first: 1 + COUNT },
  { ...TCP, family: 'IPv4', first: 1 + 2 * COUNT },
];

describe.skipIf(skip !== null).each([
  ['rebuilt by XDP', true],
  ['handed over as they are', false],
])(`numbered packets across a veth pair, forwarded and mirrored, %s${skip ?? ''}`, (_, xdp) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-crossing-'));
  let judged: Judgement;
  let complaint = '';

  beforeAll(async () => {
    const file = path.join(directory, 'crossing.pcapng');
    ({ complaint } = await cross(file, { flows: FLOWS, xdp, probe: ['--ring-bytes', String(1 << 27)] }));
    const judge = new Judge(FLOWS);
    const reader = new CaptureReader(judge);
    for (const piece of piecesOf(file)) reader.push(piece);
    reader.end();
    judged = judge.judge();
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('are all seen, and none was lost in the ring', () => {
    expect(judged.packets).toBe(FLOWS.length * COUNT);
    expect(complaint).toMatch(/ 0 lost/);
  });

  it('are never one journey or linked when they are not the same, although sk_buffs are used again', () => {
    expect([judged.wrongJourneys, judged.wrongLinks]).toEqual([0, 0]);
    expect(judged.reusedSkbs).toBeGreaterThan(10);
  });

  it('are one linked journey each, of a thousand all but one', () => {
    expect(judged.linked).toBeGreaterThanOrEqual(judged.packets * 0.999);
  });

  it('have their clones linked exactly', () => {
    expect(judged.links.get('clone exact')).toBe(COUNT);
  });
});
