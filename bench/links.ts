/**
 * `npm run bench -- links [--pps N] [--seconds S] [--hooks LIST] [--keep FILE]`
 *
 * Numbered packets, UDP and TCP over IPv4 and IPv6, across a veth pair with both ends watched, forwarded, part of
 * them mirrored (a clone), once rebuilt by an XDP program at the pair's far end (TCP cut by GSO before it and merged
 * by GRO behind it), once handed over as they are. Which packet each event is of is read from its bytes, so that
 * every journey and every link can be told right or wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { Judge, type Judgement } from '../agent/lab/crossing/judge.ts';
import { cross, piecesOf, type Crossed, type Flow } from '../agent/lab/crossing/lab.ts';
import { table } from './lib/table.ts';

const GOAL_SHARE = 0.999;
const RING_BYTES = 512 * 1024 * 1024;
const UDP_BYTES = 64;
const RECORD_BYTES = 1200;
/** Enough to follow every turn; all hooks at this rate need more CPU than the probe gets here. */
const HOOKS =
  'net_dev_queue,net_dev_start_xmit,napi_gro_receive_entry,netif_rx,netif_receive_skb,nf/forward,consume_skb,kfree_skb';

/** Four fifths UDP, one fifth TCP; half of the UDP mirrored. */
function flowsOf(pps: number, seconds: number): Flow[] {
  const shares: readonly (readonly [transport: Flow['transport'], mirrored: boolean, share: number])[] = [
    ['udp', false, 0.2],
    ['udp', true, 0.2],
    ['tcp', false, 0.1],
  ];
  let first = 1;
  return shares.flatMap(([transport, mirrored, share]) =>
    (['IPv4', 'IPv6'] as const).map((family) => {
      const rate = Math.round(pps * share);
      const count = Math.round(rate * seconds);
      const bytes = transport === 'udp' ? UDP_BYTES : RECORD_BYTES;
      first += count;
      return { transport, family, mirrored, first: first - count, count, rate, bytes };
    }),
  );
}

interface Round {
  readonly crossed: Crossed;
  readonly judged: Judgement;
  readonly sent: number;
  readonly lost: number;
}

async function round(file: string, flows: readonly Flow[], xdp: boolean, hooks: string): Promise<Round> {
  const probe = ['--ring-bytes', String(RING_BYTES), ...(hooks === 'all' ? [] : ['--hooks', hooks])];
  const crossed = await cross(file, { flows, xdp, probe });
  const judge = new Judge(flows);
  const reader = new CaptureReader(judge);
  for (const piece of piecesOf(file)) reader.push(piece);
  reader.end();
  const [problem] = judge.store.problems;
  if (problem !== undefined) throw new Error(`${problem.code}: ${problem.cause}`);
  const lost = judge.store.hops.lost.reduce((sum, n) => sum + n, 0);
  const sent = flows.reduce((sum, { count }) => sum + count, 0);
  return { crossed, judged: judge.judge(), sent, lost };
}

function show(name: string, { crossed, judged, sent, lost }: Round): void {
  const { packets, linked, events, journeys, wrongJourneys, wrongLinks, reusedSkbs } = judged;
  console.log(
    table([
      [name, ''],
      ['packets sent, seen', `${sent}, ${packets}`],
      ['packets/s', (sent / crossed.seconds).toFixed(0)],
      ['events, journeys', `${events}, ${journeys}`],
      ['events lost in the ring', String(lost)],
      ['TCP segments sent again', String(crossed.retransmitted)],
      ['sk_buffs used again', String(reusedSkbs)],
      ['one linked journey', `${((100 * linked) / packets).toFixed(3)} %`],
      ['wrong journeys, links', `${wrongJourneys}, ${wrongLinks}`],
      ...[...judged.links].map(([kind, n]) => [`  link ${kind}`, String(n)]),
      ...[...judged.unlinked].map(([why, n]) => [`  not linked at ${why}`, String(n)]),
    ]),
  );
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pps: { type: 'string', default: '50000' },
      seconds: { type: 'string', default: '4' },
      hooks: { type: 'string', default: HOOKS },
      keep: { type: 'string' },
    },
  });
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-links-'));
  const flows = flowsOf(Number(values.pps), Number(values.seconds));
  try {
    const rounds: Round[] = [];
    for (const xdp of [true, false]) {
      const file =
        values.keep === undefined
          ? path.join(directory, 'crossing.pcapng')
          : `${values.keep}.${xdp ? 'xdp' : 'plain'}`;
      rounds.push(await round(file, flows, xdp, values.hooks));
      show(xdp ? 'rebuilt by XDP' : 'handed over as it is', rounds.at(-1)!);
    }
    const sum = (of: (round: Round) => number): number => rounds.reduce((total, one) => total + of(one), 0);
    const packets = sum(({ judged }) => judged.packets);
    const share = sum(({ judged }) => judged.linked) / packets;
    const wrong = sum(({ judged }) => judged.wrongJourneys + judged.wrongLinks);
    const pps = sum(({ sent }) => sent) / sum(({ crossed }) => crossed.seconds);
    if (sum(({ judged }) => judged.reusedSkbs) === 0) throw new Error('no sk_buff was used again');
    console.log(
      `goal: ${100 * GOAL_SHARE} % and 0 wrong: ${share >= GOAL_SHARE && wrong === 0 ? 'met' : 'missed'}`,
    );
    console.log(
      JSON.stringify({
        bench: 'links',
        packets,
        linked_share: share,
        wrong_links: wrong,
        pps: Math.round(pps),
      }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
