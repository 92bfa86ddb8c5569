/** `whither schema propose FILE`: framings that fit the metadata of a capture, and a schema to begin with. */
import type { Readable, Writable } from 'node:stream';
import { Proposer, schemaOf } from '#core/propose/propose.ts';
import { proposalLines } from '#core/propose/report.ts';
import { AreaSampler } from '#core/propose/sample.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { readFailure } from '../supervisor/handover.ts';

const SAMPLE_STEP = 65_536;
const SEARCH_STEP = 500;

export interface ProposeOptions {
  /** The whole proposal as one JSON object. */
  readonly json: boolean;
  /** Only the schema of the candidate with this number, from 1. */
  readonly schema: number | null;
}

/** Resolves with the exit code: 0, or 1 when nothing fits. Progress goes to `err` where that is a terminal. */
export async function proposeSchema(
  input: Readable,
  name: string,
  options: ProposeOptions,
  out: Writable,
  err: Writable & { readonly isTTY?: boolean },
): Promise<number> {
  const store = await readStore(input, name);
  for (const { offset, cause, remedy } of store.problems) {
    err.write(`${name}: at byte ${offset}: ${cause} ${remedy}\n`);
  }
  const sampler = new AreaSampler(store);
  while (!sampler.advance(SAMPLE_STEP));
  const proposer = new Proposer(sampler.samples(), sampler.leftOut);
  while (!proposer.advance(SEARCH_STEP)) {
    if (err.isTTY === true) err.write(`\r${Math.round(100 * proposer.progress)} % of the framings tried`);
  }
  if (err.isTTY === true) err.write('\r\x1b[K');
  const proposal = proposer.proposal();
  if (options.schema !== null) {
    const candidate = proposal.candidates[options.schema - 1];
    if (candidate === undefined) {
      err.write(`${proposal.text}\nThere is no proposal number ${options.schema}.\n`);
      return 1;
    }
    out.write(`${JSON.stringify(schemaOf(candidate), null, 2)}\n`);
    return 0;
  }
  if (options.json) {
    const candidates = proposal.candidates.map((candidate) => ({
      ...candidate,
      schema: schemaOf(candidate),
    }));
    out.write(`${JSON.stringify({ ...proposal, candidates })}\n`);
  } else {
    out.write(`${proposalLines(proposal).join('\n')}\n`);
    if (proposal.candidates.length > 0) {
      out.write(
        `\nwhither schema propose ${name} --schema 1 > my.json writes the first as a schema to edit.\n`,
      );
    }
  }
  return proposal.candidates.length > 0 ? 0 : 1;
}

async function readStore(input: Readable, name: string): Promise<CaptureStore> {
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  try {
    for await (const chunk of input) {
      reader.push(chunk as Uint8Array);
      if (reader.stopped) break;
    }
  } catch (thrown) {
    throw readFailure(name, thrown);
  }
  reader.end();
  return store;
}
