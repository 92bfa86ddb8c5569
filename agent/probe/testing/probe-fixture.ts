/** What the tests of the probe at the edge lab share: a lab and a directory for as long as a file's tests run. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { EdgeLab } from '../../lab/edge/lab.ts';

/** Where it does not matter which: to load all of them takes a second. */
export const ONE_HOOK = ['--hooks', 'netif_receive_skb'];
/** Packets, more than a ring or a pipe has room for. */
export const FLOOD = 60_000;

export interface ProbeFixture {
  /** From the first test on. */
  readonly lab: EdgeLab;
  /** Temporary, and open to other users. */
  readonly directory: string;
  /** In the directory, for the probe to write to. */
  readonly file: string;
  /** The edge's device, as arguments of the probe. */
  readonly deviceArguments: () => string[];
  /** Runs the probe to its end. */
  readonly run: (...args: string[]) => { status: number | null; stdout: string; stderr: string };
}

/** To be called in `describe`: starts the lab before its tests, stops it after them. */
export function probeFixture(): ProbeFixture {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-probe-'));
  let lab: EdgeLab | null = null;
  const started = (): EdgeLab => {
    if (lab === null) throw new Error('the lab is there from the first test on');
    return lab;
  };

  beforeAll(async () => {
    lab = await EdgeLab.start();
    chmodSync(directory, 0o755);
  });

  afterAll(async () => {
    await lab?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  return {
    get lab() {
      return started();
    },
    directory,
    file: path.join(directory, 'probe.pcapng'),
    deviceArguments: () => ['-i', started().device, '--netns', started().netns],
    run: (...args) => spawnSync(started().files.probe, args, { encoding: 'utf8' }),
  };
}
