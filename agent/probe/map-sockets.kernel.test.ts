/** Socket storage, sampled by an iterator. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAP_SAMPLE_CHANGE, MAP_SAMPLE_SIZE } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE, MAP_CHANGE } from '#core/format/structs.ts';
import { Child } from '../lab/processes.ts';
import { findRoot, labFiles } from '../lab/root.ts';
import { customBodies } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
const SOCKETS = 3;
const INTERVAL_MS = 10;

/** [change, cookie] of every sample. */
function samplesOf(file: string): [number, bigint][] {
  return customBodies(file, BLOCK_SUBTYPE.mapSample).map((body) => {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    return [view.getUint8(MAP_SAMPLE_CHANGE), view.getBigUint64(MAP_SAMPLE_SIZE, true)];
  });
}

describe.skipIf(skip !== null)(`socket storage${skip === null ? '' : ` (${skip})`}`, () => {
  let directory: string;
  const children: Child[] = [];

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'whither-map-sockets-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0).reverse()) await child.finish();
    rmSync(directory, { recursive: true, force: true });
  });

  it('has an entry for each socket, also of such that had no cookie, and sleeping ones do not change', async () => {
    const root = findRoot();
    const file = path.join(directory, 'capture.pcapng');
    const object = path.join(root, 'build/lab/taps.bpf.o');
    const owner = new Child(path.join(root, 'build/whither-taps'), ['sockets', object, String(SOCKETS)]);
    children.push(owner);
    const map = ['--map', await owner.line(), '--map-interval', String(INTERVAL_MS)];
    const probe = new Child(labFiles().probe, ['-i', 'lo', '--hooks', 'kfree_skb', ...map, '-w', file]);
    children.push(probe);
    await expect.poll(() => samplesOf(file).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(SOCKETS);
    // The last look, when it ends, makes it two at least.
    await probe.end('SIGINT');
    const samples = samplesOf(file);
    expect(samples.map(([change]) => change)).toEqual(Array(SOCKETS).fill(MAP_CHANGE.added));
    expect(new Set(samples.map(([, cookie]) => cookie)).size).toBe(SOCKETS);
    expect(samples.map(([, cookie]) => cookie)).not.toContain(0n);
  });
});
