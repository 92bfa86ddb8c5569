/**
 * A scenario: networks, programs, traffic and what must be seen, all of it data, so that the same file runs on this
 * machine (run.ts), and can be written out as a shell script for a virtual one.
 */
import { KERNEL_UNKNOWN } from '#core/diagnosis/kernel-version.ts';
import type { HopState, Known } from '#core/diagnosis/types.ts';
import type { Outcome } from '#core/survival/table.ts';

/** Names of network namespaces by their role in the scenario. */
export type Namespaces = Readonly<Record<string, string>>;

/** A command and its arguments. */
export type Command = readonly string[];

/** One step of the traffic: a command that is waited for, or, `until` the end, one that says `ready`. */
export type Step =
  | { readonly run: Command }
  /** A subcommand of whither-send. */
  | { readonly send: Command }
  | { readonly during: Command }
  | { readonly pauseMs: number };

export interface Expectation {
  /** Hop, without the id of a program: `lab0:tcx/ingress@after:push_first`. */
  readonly at: string;
  /** Sequence numbers that it holds for, from and to; absent = all. Each is seen there once. */
  readonly packets?: readonly [from: number, to: number];
  /** Every second of them. */
  readonly parity?: 'odd' | 'even';
  /** Kernel versions that it holds for (core/diagnosis/kernel-version.ts): from, and below. */
  readonly since?: number;
  readonly below?: number;
  /** Only where the kernel lets the probe trace programs at entry and exit, or only where not. */
  readonly traced?: boolean;
  readonly state: HopState;
  /** Absent = nothing to explain. */
  readonly cause?: string;
  readonly known?: Known;
  /** Name of the program that it is put down to; absent = none. */
  readonly writer?: string;
  /** The metadata area in hexadecimal, '' = none, a dot for a digit that nothing determines. */
  readonly area: (sequence: number) => string;
  /** Where a program read the same bytes at that place itself (truth.h); absent = none did. */
  readonly truth?: string;
  /** Name of the drop reason. */
  readonly drop?: string;
}

export type Quantity =
  /** Of the programs' own counters. */
  | { readonly counter: number }
  | { readonly eventsAt: string }
  | { readonly withMetadataAt: string }
  | { readonly number: number };

/** `of` divided by `to` is from `from` up to `upTo`. */
export interface Ratio {
  readonly of: Quantity;
  readonly to: Quantity;
  readonly from: number;
  readonly upTo: number;
  /** As in an expectation. */
  readonly since?: number;
  readonly below?: number;
}

export interface Scenario {
  readonly name: string;
  readonly summary: string;
  readonly roles: readonly string[];
  /**
   * What must succeed where this is possible at all, run before the network is made, each by itself: a kernel without
   * the device type says so here, and that is the result.
   */
  readonly needs?: (ns: Namespaces) => readonly Command[];
  /** What to run as root to make the network, in this order. The namespaces are there already. */
  readonly network: (ns: Namespaces) => readonly Command[];
  /**
   * BPF object (build/lab/NAME.bpf.o) and POINT:DEVICE:PROGRAM for each to attach (loader.c), in the namespace `role`;
   * with `@ROLE` behind it in another one.
   */
  readonly programs: { readonly object: string; readonly role: string; readonly attach: readonly string[] };
  /** What the probe watches. */
  readonly watch: { readonly role: string; readonly devices: readonly string[] };
  /** Metadata schema, a file in agent/lab/scenarios; default that of the edge. */
  readonly schema?: string;
  /** BPF maps to sample, by name. */
  readonly maps?: readonly string[];
  readonly traffic: (ns: Namespaces) => readonly Step[];
  /** Packets with a sequence number that are sent. */
  readonly packets: number;
  readonly expect: readonly Expectation[];
  /** Rows of the summary, all of them: `HOP STATE CAUSE KNOWN TLV JOURNEYS`, TLV * = the area. */
  readonly losses: (kernel: number) => readonly string[];
  /** Rows, and causes of events (`HOP STATE CAUSE KNOWN `), that may be there or not: they hang on bytes that nothing determines, or on how packets are merged. */
  readonly undetermined?: RegExp;
  /** For what no single packet shows. */
  readonly ratios?: readonly Ratio[];
  /** What the programs that run during the traffic say, line by line, after `ready`. */
  readonly said?: readonly string[];
  /** Where each TLV was seen beside the area, in order: `NAME=VALUE packet area map socket`. */
  readonly places?: readonly string[];
  /** Its cells of the survival table. */
  readonly survival: readonly SurvivalRow[];
}

export interface Finding {
  readonly outcome: Outcome;
  /** More of it, one line: which bytes, why not. */
  readonly note?: string;
}

/** An operation, and where it shows what it did. Operations are unique among all scenarios. */
export type SurvivalRow =
  | {
      readonly operation: string;
      /** Hop, as in an expectation. */
      readonly at: string;
      readonly packets?: readonly [from: number, to: number];
      /** What was written, in hexadecimal; default the stamp. */
      readonly written?: (sequence: number) => string;
      /** A counter that says how often a helper refused, and what that means. */
      readonly refused?: { readonly counter: number; readonly reason: string };
    }
  /** For what no single packet shows. */
  | { readonly operation: string; readonly told: (of: (quantity: Quantity) => number) => Finding };

/** The result where the kernel lacks what the scenario needs. */
export function notPossible(reason: string): ScenarioResult {
  return {
    notPossible: reason,
    kernel: KERNEL_UNKNOWN,
    traced: false,
    sightings: [],
    truth: [],
    counters: [],
    losses: [],
    eventsAt: new Map(),
    withMetadataAt: new Map(),
    said: [],
    places: [],
    problems: [],
  };
}

/** What a program read of one packet at one place; null = that way of reading is not there. */
export interface Truth {
  readonly sequence: number;
  readonly point: string;
  readonly pointer: string | null;
  readonly dynptr: string | null;
}

/** One packet at one hop, as the page tells it. */
export interface Sighting {
  readonly sequence: number;
  readonly journey: number;
  readonly at: string;
  readonly state: HopState;
  readonly cause: string;
  readonly known: Known;
  readonly writer: string;
  readonly area: string;
  readonly drop: string;
}

export interface ScenarioResult {
  /** Which of its needs this kernel has not, and how it said so; null = it ran. With a reason all else is empty. */
  readonly notPossible: string | null;
  readonly kernel: number;
  /** Does the kernel let the probe trace programs at entry and exit? */
  readonly traced: boolean;
  readonly sightings: readonly Sighting[];
  readonly truth: readonly Truth[];
  /** Of the BPF programs' own, [] = they have none. */
  readonly counters: readonly number[];
  readonly losses: readonly string[];
  /** Events by hop, with or without a sequence number. */
  readonly eventsAt: ReadonlyMap<string, number>;
  /** Of them, with metadata. */
  readonly withMetadataAt: ReadonlyMap<string, number>;
  /** As in the scenario, each once. */
  readonly said: readonly string[];
  readonly places: readonly string[];
  /** What was wrong with the capture itself. */
  readonly problems: readonly string[];
}
