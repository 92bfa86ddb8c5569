/**
 * Whether the probe did on a kernel what it should: every hook there or with a reason, and in the capture of
 * the edge lab, event by event, exactly the bytes and TLVs that the lab's own programs wrote down.
 */
import { HOOKS, type Hook } from '#core/format/hooks.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import type { EdgeNote } from '../edge/lab.ts';
import type { DoctorAnswer, EdgeResults } from './results.ts';

/** Every packet that the edge receives carries metadata here, and each of these is passed. */
const ALWAYS_CARRY = [
  'netif_receive_skb',
  'tcx/ingress@first',
  'tcx/ingress@last',
  'skb_copy_datagram_iovec',
  'xdp@fexit',
  'tc/ingress@fentry',
  'tc/ingress@fexit',
];
/** Before anything is written. */
const BEFORE_XDP = ['xdp@fentry'];
const ALWAYS_PASSED = [
  ...ALWAYS_CARRY,
  'tcx/egress@first',
  'tcx/egress@last',
  'net_dev_queue',
  'net_dev_start_xmit',
  'consume_skb',
  'kfree_skb',
];
const HOOK_BY_NAME = new Map(HOOKS.map((hook) => [hook.name, hook]));
/** Programs of the edge lab; others would be the probe's. */
const LAB_PROGRAMS = ['edge_xdp', 'edge_tcx'];
/** Of the same kind, so that a broken kernel does not fill the screen. */
const MAX_EXAMPLES = 3;
const MIN_PACKETS = 20;

/** What is wrong; [] when nothing is. */
export function judgeDoctor({ hooks }: DoctorAnswer): string[] {
  return [
    ...hooks
      .filter(({ attached, reason }) => !attached && reason === '')
      .map(({ name }) => `${name} is missing without a reason`),
    ...HOOKS.filter(({ name }) => !hooks.some((hook) => hook.name === name)).map(
      ({ name }) => `the doctor does not know ${name}`,
    ),
  ];
}

/** What is wrong; [] when nothing is. `doctor` says which hooks there are. */
export function judgeEdge(edge: EdgeResults, doctor: DoctorAnswer): string[] {
  const wrong: string[] = edge.problems.map(({ offset, cause }) => `at byte ${offset}: ${cause}`);
  const attached = doctor.hooks.filter((hook) => hook.attached).map(({ name }) => name);
  for (const name of ALWAYS_PASSED) {
    if (attached.includes(name) && !edge.events.some(({ hook }) => hook === name)) {
      wrong.push(`${name} is attached, but nothing passed`);
    }
  }
  wrong.push(...summarize(edge.events.flatMap((event) => judgeEvent(event, edge.notes))));
  wrong.push(...judgeCompleteness(edge));
  if (!edge.probe.includes(' 0 lost')) wrong.push(`the probe lost events: ${edge.probe.trim()}`);
  return [...wrong, ...judgeLeftovers(edge)];
}

/** Events by hook. */
export function countByHook(events: readonly InspectedEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { hook } of events) counts[hook] = (counts[hook] ?? 0) + 1;
  return counts;
}

function judgeEvent(event: InspectedEvent, notes: ReadonlyMap<string, EdgeNote>): string[] {
  const { hook, meta_hex: area } = event;
  if (BEFORE_XDP.includes(hook)) return area === '' ? [] : [`${hook}: metadata ${area} already`];
  if (area === '') return ALWAYS_CARRY.includes(hook) ? [`${hook}: no metadata`] : [];
  const known = HOOK_BY_NAME.get(hook);
  if (known === undefined) return [`${hook}: not in the catalogue`];
  if (known.lane === 'tx') return [`${hook}: metadata ${area}, where there is none`];
  const note = notes.get(traceOf(area));
  if (note === undefined) return [`${hook}: no program wrote ${area}`];
  const expected = expectedAreas(known, note);
  if (!expected.includes(area)) return [`${hook}: ${area} instead of ${expected.join(' or ')}`];
  const seen = event.tlvs.map(({ type, value }) => `${type}=${value}`).join(' ');
  const written = writtenTlvs(area);
  return seen === written ? [] : [`${hook}: TLVs ${seen} instead of ${written}`];
}

/** Before tcx what the XDP program left, after it what the tcx program left, where it is not known either. */
function expectedAreas(hook: Hook, { afterXdp, afterTcx }: EdgeNote): string[] {
  const first = HOOK_BY_NAME.get('tcx/ingress@first')!.order;
  const last = HOOK_BY_NAME.get('tcx/ingress@last')!.order;
  const either = afterTcx === null ? [afterXdp] : [afterXdp, afterTcx];
  if (hook.lane !== 'rx') return either;
  if (hook.order <= first || hook.name === 'tc/ingress@fentry') return [afterXdp];
  if (hook.name === 'tc/ingress@fexit' && afterTcx !== null) return [afterTcx];
  return hook.order >= last && afterTcx !== null ? [afterTcx] : either;
}

/** The trace id of `struct edge_area` (edge/edge.h, offset 2, u64 little-endian), 16 hex digits. */
function traceOf(area: string): string {
  const bytes = Buffer.from(area, 'hex');
  return bytes.length < 10 ? '' : bytes.readBigUInt64LE(2).toString(16).padStart(16, '0');
}

const VERDICTS = ['unknown', 'pass', 'drop', 'redirect'];

/** What `struct edge_area` says at its fixed offsets, as the schema's decoder must print it: read without it. */
function writtenTlvs(area: string): string {
  const bytes = Buffer.from(area, 'hex');
  const tlvs = [`1=0x${traceOf(area)}`, `2=${VERDICTS[bytes[12]!] ?? '?'}`];
  if (bytes[13] === 3) tlvs.push(`3=${bytes.subarray(15, 19).join('.')}`);
  if (bytes[19] === 4) tlvs.push(`4=${bytes.readUInt32LE(21)}`);
  return tlvs.join(' ');
}

/** The XDP program counts packets in their trace ids: none between the first and the last is missing. */
function judgeCompleteness({ events, counts }: EdgeResults): string[] {
  const received = events.filter(({ hook }) => hook === 'netif_receive_skb');
  const numbers = received.map(({ meta_hex }) =>
    Number(BigInt(`0x${traceOf(meta_hex) || '0'}`) & 0xffffffffn),
  );
  const wrong: string[] = [];
  if (numbers.length < MIN_PACKETS) wrong.push(`only ${numbers.length} packets were received`);
  const first = numbers[0] ?? 0;
  if (numbers.some((number, i) => number !== first + i)) wrong.push('packets are missing, or out of order');
  if (first + numbers.length - 1 > counts.xdp) wrong.push('more packets than the XDP program saw');
  return wrong;
}

function judgeLeftovers({ afterProbe, afterLab }: EdgeResults): string[] {
  const programs = [...afterProbe.matchAll(/^\d+ (\S+)$/gm)].map((match) => match[1]!);
  const filters = [...afterProbe.matchAll(/ direct-action .* name (\S+) tag /g)].map((match) => match[1]!);
  const probes = [...programs, ...filters].filter((name) => !LAB_PROGRAMS.includes(name));
  const wrong = probes.map((name) => `the probe left the program ${name}`);
  if (!LAB_PROGRAMS.every((name) => programs.includes(name)))
    wrong.push("the lab's programs went with the probe");
  if (afterLab.trim() !== '') wrong.push(`left when all was over: ${afterLab.trim().replaceAll('\n', ', ')}`);
  return wrong;
}

function summarize(wrong: readonly string[]): string[] {
  const more = wrong.length - MAX_EXAMPLES;
  return more > 0 ? [...wrong.slice(0, MAX_EXAMPLES), `and ${more} more events`] : [...wrong];
}
