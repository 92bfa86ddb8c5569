/**
 * `npx tsx scripts/fuzz/fragments.ts [--inputs N] [--seed N]`: links with a share inside (`#share=`), unpacked and read as the worker
 * does. Changed are the characters, the deflated bytes, and what is deflated; now and then it is a bomb. Not one of the targets, because
 * unpacking waits. None may throw, give more than the page takes of a link, or keep more than MAX_HELD_BYTES; the last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { inFragment, MAX_LINK_CAPTURE, SHARE_FRAGMENT } from '#src/share/fragment.ts';
import { Fault } from '#workers/fault.ts';
import { unpack } from '#workers/share/unpack.ts';
import { collect } from './judge.ts';
import { Dice, mutate } from './mutate.ts';
import { holds } from './target.ts';
import { SHARES, snapshot } from './targets/shares.ts';

/** More than at the beginning, at any time: what one link gives, and what V8 has not collected of those before. */
const MAX_HELD_BYTES = 8 * MAX_LINK_CAPTURE;
const MAX_SHARE_BYTES = 64 * 1024;
const BOMBS = 5000;
const encoder = new TextEncoder();

const urlText = (packed: Uint8Array): string => Buffer.from(packed).toString('base64url');
const PACKED = SHARES.map((share) => Uint8Array.from(deflateSync(share)));
const TEXTS = PACKED.map((packed) => encoder.encode(urlText(packed)));

function fragment(dice: Dice): string {
  switch (dice.roll(3)) {
    case 0:
      return Buffer.from(mutate(TEXTS, MAX_SHARE_BYTES, dice)).toString('latin1');
    case 1:
      return urlText(mutate(PACKED, MAX_SHARE_BYTES, dice));
    default:
      return urlText(deflateSync(mutate(SHARES, MAX_SHARE_BYTES, dice), { level: 1 }));
  }
}

/** Some kilobytes that say so many megabytes. */
function bomb(dice: Dice): string {
  return urlText(deflateSync(new Uint8Array((1 + dice.roll(64)) * 1024 * 1024), { level: 9 })).slice(0, 8000);
}

interface Outcome {
  readonly opened: boolean;
  readonly held: number;
}

async function open(text: string): Promise<Outcome> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let fault: unknown = null;
  try {
    for await (const part of unpack(inFragment(SHARE_FRAGMENT + text))) {
      parts.push(part);
      length += part.length;
    }
  } catch (thrown) {
    fault = thrown;
  }
  const held = heldBytes();
  holds(length <= MAX_LINK_CAPTURE, `${length} bytes of one link`);
  if (fault !== null) {
    holds(
      fault instanceof Fault && fault.cause !== '' && fault.remedy !== '',
      `no fault of a link: ${fault instanceof Error ? fault.message : typeof fault}`,
    );
  }
  // What came before a fault is read, too.
  snapshot.run(new Uint8Array(Buffer.concat(parts)), (step) => step());
  return { opened: fault === null, held };
}

function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const inputs = Number(values.inputs);
const dice = new Dice(Number(values.seed));
const began = heldBytes();
let opened = 0;
let bombs = 0;
let most = 0;
const broken: { readonly text: string; readonly what: string }[] = [];
for (let i = 0; i < inputs && broken.length < 10; i++) {
  const isBomb = i % BOMBS === 0;
  const text = isBomb ? bomb(dice) : fragment(dice);
  if (isBomb) bombs++;
  try {
    const outcome = await open(text);
    if (outcome.opened) opened++;
    const held = outcome.held - began;
    most = Math.max(most, held);
    if (held > MAX_HELD_BYTES) {
      // What nobody holds is no fault of a link.
      collect();
      holds(heldBytes() - began <= MAX_HELD_BYTES, `holds ${heldBytes() - began} bytes`);
    }
  } catch (thrown) {
    broken.push({
      text: text.slice(0, 100),
      what: thrown instanceof Error ? thrown.message : String(thrown),
    });
  }
}
process.stdout.write(
  `${JSON.stringify({ fuzz: 'fragments', inputs, opened, bombs, most_held_bytes: most, max_rss_kb: process.resourceUsage().maxRSS, broken })}\n`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
