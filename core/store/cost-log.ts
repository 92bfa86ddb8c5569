/**
 * What watching costs, as the capture's cost blocks tell: the newest one, the rates since the one before it, and a
 * bounded history of sums. Counts in blocks are sums since a start, so only two blocks of one run, between which the
 * kernel went on counting, give a rate.
 */
import * as L from '#core/format/layout.gen.ts';
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import { COST_ATTACH, COST_COUNTING } from '#core/format/structs.ts';
import { formatHex } from '#core/dissect/addresses.ts';
import { decodeCString } from '#core/pcapng/text.ts';
import type { CostPoint, CostProgram, CostRate, CostSample, CostView } from './view.ts';

/** Ten minutes at one block a second. */
export const MAX_COST_POINTS = 600;
/** More programs than this in one block are not read: the probe writes at most 1024. */
export const MAX_COST_PROGRAMS = 1024;

const NAME_BYTES = 16;
const TAG_BYTES = 8;
const UNKNOWN = 0xffff_ffff_ffff_ffffn;
const NS_PER_S = 1e9;
const ATTACH_NAMES: ReadonlyMap<number, CostProgram['attach']> = new Map([
  [COST_ATTACH.own, 'own'],
  [COST_ATTACH.xdp, 'xdp'],
  [COST_ATTACH.tcxIngress, 'tcx/ingress'],
  [COST_ATTACH.tcxEgress, 'tcx/egress'],
  [COST_ATTACH.tcIngress, 'tc/ingress'],
  [COST_ATTACH.tcEgress, 'tc/egress'],
]);

export class CostLog {
  private sample: CostSample | null = null;
  private rates: readonly CostRate[] = [];
  private points: CostPoint[] = [];
  private host: string | null = null;

  /**
   * Takes in the body of a cost block of `host`; of several hosts those of the first that tells: sums of one and of another
   * are no rate. `deviceOf` names the device of an ifindex, '' = not known. false: it is no such body.
   */
  add(body: Uint8Array, host: string, deviceOf: (ifindex: number) => string): boolean {
    const sample = readCost(body, deviceOf);
    if (sample === null) return false;
    this.host ??= host;
    if (this.host !== host) return true;
    const { sample: before } = this;
    this.sample = sample;
    const seconds = before === null ? 0 : secondsBetween(before, sample);
    if (before === null || seconds <= 0) {
      this.rates = [];
      return true;
    }
    // Counts of a program stood still while nobody counted.
    this.rates = before.sinceNs === sample.sinceNs ? ratesOf(before, sample, seconds) : [];
    this.points.push(pointOf(before, sample, this.rates, seconds));
    if (this.points.length > MAX_COST_POINTS) this.points.shift();
    return true;
  }

  view(): CostView {
    return { latest: this.sample, programs: this.rates, history: [...this.points] };
  }
}

/** null when the body is too short for what it says. */
function readCost(body: Uint8Array, deviceOf: (ifindex: number) => string): CostSample | null {
  if (body.length < L.COST_SIZE) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = view.getUint32(L.COST_COUNT, true);
  const rowBytes = view.getUint16(L.COST_ROW_LEN, true);
  const short = rowBytes < L.COST_PROGRAM_SIZE || count > MAX_COST_PROGRAMS;
  if (count > 0 && (short || L.COST_SIZE + count * rowBytes > body.length)) return null;
  const u64 = (at: number): bigint => view.getBigUint64(at, true);
  const agent = u64(L.COST_AGENT_CPU);
  return {
    timeNs: u64(L.COST_TIME).toString(),
    sinceNs: u64(L.COST_SINCE).toString(),
    counting: view.getUint8(L.COST_COUNTING) === COST_COUNTING.on,
    error: view.getUint32(L.COST_ERROR, true),
    probeCpuNs: Number(u64(L.COST_PROBE_CPU)),
    agentCpuNs: agent === UNKNOWN ? null : Number(agent),
    bytes: Number(u64(L.COST_BYTES)),
    events: Number(u64(L.COST_EVENTS)),
    programs: Array.from({ length: count }, (_, i) =>
      readProgram(body, view, L.COST_SIZE + i * rowBytes, deviceOf),
    ),
  };
}

function readProgram(
  body: Uint8Array,
  view: DataView,
  at: number,
  deviceOf: (ifindex: number) => string,
): CostProgram {
  const ifindex = view.getUint32(at + L.COST_PROGRAM_IFINDEX, true);
  const attach = view.getUint8(at + L.COST_PROGRAM_ATTACH);
  return {
    id: view.getUint32(at + L.COST_PROGRAM_ID, true),
    name: decodeCString(body, at + L.COST_PROGRAM_NAME, NAME_BYTES),
    tag: formatHex(body, at + L.COST_PROGRAM_TAG, TAG_BYTES),
    attach: ATTACH_NAMES.get(attach) ?? 'elsewhere',
    hook: HOOK_BY_ID.get(view.getUint8(at + L.COST_PROGRAM_HOOK))?.name ?? '',
    device: ifindex === 0 ? '' : deviceOf(ifindex) || `ifindex ${ifindex}`,
    runs: Number(view.getBigUint64(at + L.COST_PROGRAM_RUNS, true)),
    runTimeNs: Number(view.getBigUint64(at + L.COST_PROGRAM_RUN_TIME, true)),
    skipped: Number(view.getBigUint64(at + L.COST_PROGRAM_SKIPPED, true)),
  };
}

/** 0 when the two are not of one run: a new one counts from the start again. */
function secondsBetween(before: CostSample, now: CostSample): number {
  if (now.probeCpuNs < before.probeCpuNs || now.bytes < before.bytes) return 0;
  return Number(BigInt(now.timeNs) - BigInt(before.timeNs)) / NS_PER_S;
}

function keyOf({ id, attach, device }: CostProgram): string {
  return `${id} ${attach} ${device}`;
}

/** Of the programs that both have. */
function ratesOf(before: CostSample, now: CostSample, seconds: number): CostRate[] {
  const known = new Map(before.programs.map((program) => [keyOf(program), program]));
  return now.programs.flatMap((program) => {
    const earlier = known.get(keyOf(program));
    const runs = program.runs - (earlier?.runs ?? Infinity);
    if (earlier === undefined || runs < 0) return [];
    const timeNs = program.runTimeNs - earlier.runTimeNs;
    return [
      {
        program,
        runsPerSecond: runs / seconds,
        nsPerRun: runs === 0 ? null : timeNs / runs,
        cpu: timeNs / seconds / NS_PER_S,
      },
    ];
  });
}

/** A program that is on several devices runs once for each packet, and has one count: it is added up once. */
function sumOf(rates: readonly CostRate[], own: boolean): number {
  const cpuOf = new Map<number, number>();
  for (const { program, cpu } of rates) if ((program.attach === 'own') === own) cpuOf.set(program.id, cpu);
  return [...cpuOf.values()].reduce((sum, cpu) => sum + cpu, 0);
}

function pointOf(
  before: CostSample,
  now: CostSample,
  rates: readonly CostRate[],
  seconds: number,
): CostPoint {
  const perSecond = (a: number, b: number): number => (b - a) / seconds;
  const known = before.agentCpuNs !== null && now.agentCpuNs !== null && now.agentCpuNs >= before.agentCpuNs;
  return {
    timeNs: now.timeNs,
    probeCpu: perSecond(before.probeCpuNs, now.probeCpuNs) / NS_PER_S,
    agentCpu: known ? perSecond(before.agentCpuNs, now.agentCpuNs) / NS_PER_S : null,
    ownCpu: rates.length === 0 ? null : sumOf(rates, true),
    othersCpu: rates.length === 0 ? null : sumOf(rates, false),
    bytesPerSecond: perSecond(before.bytes, now.bytes),
    eventsPerSecond: perSecond(before.events, now.events),
  };
}
