/**
 * `npx tsx scripts/fuzz/fragments.ts [--inputs N] [--seed N]`: links with a share inside (`#share=`), opened as the page opens them and then read as its
 * worker reads them. Changed are the characters, the deflated bytes, and what is deflated; now and then it is a bomb. Not one of the targets, because
 * unpacking waits. None may throw, give more than the page takes of a link, or keep more than MAX_HELD_BYTES; the last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { MAX_LINK_CAPTURE, openFragment, SHARE_FRAGMENT } from '#src/share/fragment.ts';
import type { Session } from '#src/state/session.ts';
import { Dice, mutate } from './mutate.ts';
import { holds } from './target.ts';
import { SHARES, snapshot } from './targets/shares.ts';

/** More than at the beginning, at any time: parts, their sum and the File of one link, and what V8 has not collected of those before. */
const MAX_HELD_BYTES = 8 * MAX_LINK_CAPTURE;
const MAX_SHARE_BYTES = 64 * 1024;
const MEASURED = 500;
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
  let file: File | null = null;
  let said = '';
  const session = {
    prepare: () => undefined,
    open: (origin: { readonly file: File }) => {
      file = origin.file;
      return Promise.resolve();
    },
    report: ({ cause, remedy }: { readonly cause: string; readonly remedy: string }) => {
      holds(cause !== '' && remedy !== '', 'a problem without words');
      said = cause;
    },
  };
  await openFragment(session as unknown as Session, SHARE_FRAGMENT + text);
  const opened = file as File | null;
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const held = heapUsed + arrayBuffers;
  if (opened === null) {
    holds(said !== '', 'neither opened nor said why');
    return { opened: false, held };
  }
  holds(opened.size <= MAX_LINK_CAPTURE, `${opened.size} bytes of one link`);
  snapshot.run(new Uint8Array(await opened.arrayBuffer()), (step) => step());
  return { opened: true, held };
}

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const inputs = Number(values.inputs);
const dice = new Dice(Number(values.seed));
const began = process.memoryUsage();
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
    most = Math.max(most, outcome.held - began.heapUsed - began.arrayBuffers);
    if (i % MEASURED === 0) holds(most <= MAX_HELD_BYTES, `holds ${most} bytes`);
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
