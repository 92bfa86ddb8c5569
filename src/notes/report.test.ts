import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { sectionBytes, type Seen } from '#core/store/testing/scenario.ts';
import { parseJourneyId } from '#src/state/link-journeys.ts';
import { EMPTY_LINK } from '#src/state/link-state.ts';
import { createPageStore } from '#src/state/store.ts';
import type { Update, WhitherWorker } from '#workers/api.ts';
import { fileWorld } from '#workers/testing/world.ts';
import { draftReport, type ReportOf } from './report.ts';
import { setReport } from './set-report.ts';

interface Opened {
  readonly api: WhitherWorker;
  readonly newest: Update;
}

async function open(bytes: Uint8Array<ArrayBuffer>): Promise<Opened> {
  const world = fileWorld(bytes);
  return { newest: await (await world.open()).ended(), api: world.session };
}

const samples = new Map<string, Promise<Opened>>();

/** Each is opened once. */
function sample(name: string): Promise<Opened> {
  const file = path.join(import.meta.dirname, `../../public/samples/${name}.pcapng`);
  const opened = samples.get(name) ?? open(new Uint8Array(readFileSync(file)));
  samples.set(name, opened);
  return opened;
}

interface View {
  readonly journey?: string;
  readonly where?: string;
  readonly marked?: readonly string[];
  readonly of?: ReportOf;
}

/** The parts of the report, of a page on which this capture is open so. */
async function reportOf(opened: Promise<Opened>, view: View = {}): Promise<Record<string, string>> {
  const { api, newest } = await opened;
  const { where = '', journey, marked = [], of = null } = view;
  const chosen = async (text: string) => {
    const id = parseJourneyId(text)!;
    return { journey: await api.journeyOf(id.hi, id.lo), id };
  };
  const store = createPageStore({ ...EMPTY_LINK, where, journey: parseJourneyId(journey ?? '') });
  store.setState({
    newest,
    places: newest.hops,
    // The page shows a journey that nobody chose, too.
    selection: await chosen(journey ?? '4'),
    marks: await Promise.all(marked.map(async (id) => ({ ...(await chosen(id)), run: '', note: '' }))),
  });
  const text = await draftReport({ api, store }, of);
  return Object.fromEntries(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.split('\n', 1)[0]!, part.slice(part.indexOf('\n')).trim()]),
  );
}

describe('the report of one journey', () => {
  it('tells its drop: reason, place, time, how many others, and its hops', async () => {
    const report = await reportOf(sample('edge'), { journey: '37' });
    expect(report['What']).toContain(
      'Journey 37: TCP 10.71.0.10:44319 to 10.71.0.1:8080, seen at 8 hops within 14.8 µs.\n\n' +
        '- Dropped. Reason `QUEUE_PURGE`: 17 of 218 journeys in the capture were dropped for it.',
    );
    expect(report['Since when']).toContain(
      '- Dropped at 2026-11-23T08:31:28.216491227Z, 14.8 µs later. It is the first drop with this reason.',
    );
    expect(report['Where']).toBe('- Dropped at `edge0:kfree_skb`, after `edge0:cgroup_skb/ingress`.');
    expect(report['By which cause']).toBe('- Dropped: the kernel’s reason is `QUEUE_PURGE`.');
    expect(report['Evidence']).toContain('8. `edge0:kfree_skb`, +14.8 µs, dropped: QUEUE_PURGE');
  });

  it('tells what came to its metadata, with the cause and how that is known', async () => {
    const report = await reportOf(sample('forward'), { journey: '11', where: 'journey == 5' });
    expect(report['What']).toContain(
      '- Metadata clobbered. TLVs: `tenant`. As in 1 of 2 journeys that came there with metadata.',
    );
    expect(report['Where']).toContain('at `out0:tcx/egress@first`, after `out0:nf/postrouting`.');
    expect(report['By which cause']).toBe('- Metadata clobbered: neigh_hh_output (implied).');
    expect(report['Evidence']).toMatch(/^Bytes 14 to 15 of 16 were 5251 and are 0000/);
  });

  it('says that nothing went wrong where nothing did', async () => {
    const report = await reportOf(sample('forward'), { journey: '5' });
    expect(report['What']).toContain('_Nothing was observed to go wrong._\n\nMetadata written by stamp');
  });
});

it('of a share is of what goes, whatever is chosen on the page', async () => {
  const chosen = { journey: '37', where: 'journey < 100', marked: ['37', '4'] };
  const scope = async (what: ReportOf['what']) => {
    const report = await reportOf(sample('edge'), { ...chosen, of: { what, time: null } });
    return report['What']!.split('\n')[0];
  };
  expect(await scope('all')).toMatch(/^Of all 218 journeys in the capture/);
  expect(await scope('listed')).toMatch(/^Of \d+ journeys .*that the filter passes: `journey < 100`/);
  expect(await scope('marked')).toMatch(/^Of 2 marked journeys/);
});

describe('the report of many', () => {
  it('is of the whole capture where nothing is chosen, and says so; drops by reason', async () => {
    const report = await reportOf(sample('edge'));
    expect(report['What']).toBe(
      'Of all 218 journeys in the capture: none is chosen, and nothing is filtered.\n\n' +
        '- Dropped: 36 of 218.\n- Metadata of none came to harm.',
    );
    expect(report['By which cause']).toBe(
      ['17 QUEUE_PURGE', '11 NO_SOCKET', '6 TC_INGRESS', '2 NOT_SPECIFIED']
        .map((line) => line.replace(/ (.+)/, ' dropped: the kernel’s reason is `$1`.'))
        .map((line) => `- ${line}`)
        .join('\n'),
    );
    expect(report['Where']).toContain(
      '- 6 dropped (`TC_INGRESS`), at `edge0:kfree_skb`, after `edge0:tcx/ingress@first`.',
    );
    expect(report['Since when']).toContain(
      '- Dropped (`TC_INGRESS`): first 2026-11-23T08:31:28.867613343Z, journey 69;',
    );
    expect(report['Evidence']).toContain(
      '- Journey 37: TCP 10.71.0.10:44319 to 10.71.0.1:8080, dropped (`QUEUE_PURGE`) 10.8 µs after',
    );
  });

  it('is of those that the filter passes', async () => {
    const report = await reportOf(sample('edge'), { where: 'drop == NO_SOCKET' });
    expect(report['What']).toContain(
      'Of 11 journeys (218 in the capture) that the filter passes: `drop == NO_SOCKET`. None is chosen.\n\n- Dropped: 11 of 11.',
    );
    expect(report['Where']).not.toContain('QUEUE_PURGE');
  });

  it('is of those that are marked, whatever is filtered', async () => {
    const report = await reportOf(sample('edge'), { where: 'drop == NO_SOCKET', marked: ['37', '1'] });
    expect(report['What']).toMatch(/^Of 2 marked journeys \(218 in the capture\)\.\n\n- Dropped: 1 of 2\./);
  });

  it('tells losses by cause and TLV, with an example', async () => {
    const report = await reportOf(sample('sniffed-flow'));
    expect(report['By which cause']).toBe(
      '- 16 metadata lost: pskb_expand_head for a TC program (implied), of `trace_id`, `tenant`.',
    );
    expect(report['Evidence']).toMatch(/ By mark_dscp#67813 \(tag \w+\) at tcx\/ingress of lab0\.$/);
  });

  it('does not say that there was no drop where none could be seen', async () => {
    const seen: Seen[] = [0, 1].map((us) => ({ hook: 'netif_receive_skb', id: BigInt(us + 1), us }));
    const report = await reportOf(open(new Uint8Array(sectionBytes({ seen }))));
    expect(report['What']).toContain('- Drops were not watched.\n- Metadata of none came to harm.');
  });

  it('says of how many drops and losses it has no place', async () => {
    const { api, newest } = await sample('edge');
    const fates = await api.fatesOf({ filter: NO_FILTER, rest: false });
    if (fates === null || !('drops' in fates)) throw new Error('it was ended');
    const told = (omittedDrops: number, omitted: number): string =>
      setReport({
        fates: { ...fates, omittedDrops, losses: { ...fates.losses, omitted } },
        examples: new Map(),
        hops: newest.hops,
        scope: 'Of all.',
        isLive: false,
      });
    expect(told(0, 0)).not.toContain('not told');
    expect(told(1, 0)).toContain('Of 1 drop the place is not told');
    expect(told(0, 3)).toContain('Of 3 losses the place is not told');
  });
});
