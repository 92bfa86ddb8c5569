import { kernelVersion } from '#core/diagnosis/kernel-version.ts';
import { datagrams, none, pair, written } from '../scenario/network.ts';
import type { Expectation, Scenario } from '../scenario/types.ts';

const PACKETS = 4;
const [DONE, REFUSED] = [{ counter: 0 }, { counter: 1 }] as const;
/** Areas of more than 32 bytes (2ebe81c81435). */
const KERNEL_LARGE_AREAS = kernelVersion(6, 8);
/** As in bpf/area.bpf.c. */
const TLV_FILLING = 9;
const TLV_TRACE = 1;
const TRACE_BYTES = 8;

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const filled = (bytes: number, type: number, length: number): string =>
  hex(type) + hex(length) + Array.from({ length: bytes - 2 }, (_, i) => hex((i + 1) & 0xff)).join('');

function writes(name: string, program: string, summary: string, content: string, since = 0): Scenario {
  const area = (): string => content;
  const refusing: Expectation[] = [
    { at: 'lab0:tcx/ingress@last', below: since, state: 'none', area: none, truth: 'after' },
    { at: 'lab0:kfree_skb', below: since, state: 'none', area: none, drop: 'NO_SOCKET' },
  ];
  return {
    name,
    summary,
    roles: ['client', 'lab'],
    network: pair,
    programs: { object: 'area', role: 'lab', attach: [`xdp:lab0:${program}`, 'ingress:lab0:after'] },
    watch: { role: 'lab', devices: ['lab0'] },
    traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
    packets: PACKETS,
    expect: [
      ...written('lab0', program, area).map((one) => ({ ...one, since })),
      { at: 'lab0:tcx/ingress@last', since, state: 'present', area, truth: 'after' },
      { at: 'lab0:kfree_skb', since, state: 'present', area, drop: 'NO_SOCKET' },
      ...(since === 0 ? [] : refusing),
    ],
    losses: () => [],
    ratios: [
      { of: DONE, to: { number: PACKETS }, from: 1, upTo: 1, since },
      ...(since === 0 ? [] : [{ of: REFUSED, to: { number: PACKETS }, from: 1, upTo: 1, below: since }]),
    ],
    survival: [
      {
        operation: summary,
        at: 'lab0:tcx/ingress@last',
        written: area,
        refused: { counter: 1, reason: 'bpf_xdp_adjust_meta() refuses' },
      },
    ],
  };
}

const sized = (bytes: number, since = 0): Scenario =>
  writes(
    `area-${bytes}`,
    `area_${bytes}`,
    `an area of ${bytes} bytes`,
    filled(bytes, TLV_FILLING, bytes - 2),
    since,
  );

export const area4 = sized(4);
export const area32 = sized(32);
export const area36 = sized(36, KERNEL_LARGE_AREAS);
export const area192 = sized(192, KERNEL_LARGE_AREAS);
export const area216 = sized(216, KERNEL_LARGE_AREAS);
export const area217 = sized(217, Infinity);
export const area220 = sized(220, Infinity);

/** A TLV that says it is longer than what is left of the area. */
export const overrun = writes(
  'overrun',
  'overrun',
  'a TLV that overruns its area',
  filled(8, TLV_TRACE, TRACE_BYTES),
);
