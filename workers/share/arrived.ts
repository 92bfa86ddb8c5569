/** What came with a capture that is a share, or with several of which some are: the newest manifest and notes of each that can be read. */
import { MAX_NAME_CHARS, MAX_REPORT_CHARS } from '#core/notes/limits.ts';
import type { CaptureNotes } from '#core/notes/notes.ts';
import type { CustomBlock } from '#core/pcapng/types.ts';
import { endMsOf, type ShareManifest } from '#core/share/manifest.ts';
import { shareLine } from '#core/share/manifest-sink.ts';
import { readTold } from '#core/share/told.ts';
import { FILE_SEPARATOR, fileNames } from '#core/store/file-path.ts';
import { hopKeys, type HopNamed } from '#core/store/hop-keys.ts';
import type { ArrivedShare } from './api.ts';

/** Of one file. */
interface Arrived {
  manifest: ShareManifest | null;
  notes: CaptureNotes | null;
}

/**
 * `fileAt`: which of several files an offset is in; null = one is open, and what it says is of all of it. `hops`: those of all
 * that is open.
 */
export function arrivedShare(
  blocks: readonly CustomBlock[],
  fileAt: ((offset: number) => string | null) | null,
  hops: readonly HopNamed[],
): ArrivedShare {
  const faults: ArrivedShare['faults'][number][] = [];
  const files = new Map<string, Arrived>();
  for (const block of blocks) {
    const told = readTold(block);
    if (told === null) continue;
    if ('problem' in told) {
      faults.push(told.problem);
      continue;
    }
    const name = fileAt?.(block.offset) ?? '';
    let file = files.get(name);
    if (file === undefined) files.set(name, (file = { manifest: null, notes: null }));
    if ('manifest' in told) file.manifest = told.manifest;
    else file.notes = told.notes;
  }
  return { ...(fileAt === null ? ofOne(files.get('')) : ofSeveral(files, hops)), faults };
}

type Said = Omit<ArrivedShare, 'faults'>;

function ofOne({ manifest, notes }: Arrived = { manifest: null, notes: null }): Said {
  return { manifest, line: manifest === null ? '' : shareLine(manifest), notes };
}

/** What one of them says holds for no other: its view is of no use here, and its line and report name it. */
function ofSeveral(files: ReadonlyMap<string, Arrived>, hops: readonly HopNamed[]): Said {
  const shares = [...files].flatMap(([name, { manifest }]) =>
    manifest === null ? [] : [{ name, manifest }],
  );
  const noted = [...files].flatMap(([name, { notes }]) => (notes === null ? [] : [{ name, notes }]));
  const reports = noted.filter(({ notes }) => notes.report !== '');
  return {
    manifest: firstToEnd(shares.map(({ manifest }) => manifest)),
    line: shares.map(({ name, manifest }) => `${name} is ${shareLine(manifest)}`).join('. '),
    notes:
      noted.length === 0
        ? null
        : {
            notes: 1,
            view: [],
            report: reports
              .map(({ name, notes }) => `Of \`${name.replaceAll('`', ' ')}\`:\n\n${notes.report}`)
              .join('\n\n')
              .slice(0, MAX_REPORT_CHARS),
            items: noted.flatMap(({ name, notes }) => notes.items.map((item) => atOwnHop(item, name, hops))),
          },
  };
}

type Item = CaptureNotes['items'][number];

/**
 * A note at a hop of the file that it came with, by the whole name of that: each share counts its pseudonyms from 1, so that what
 * names one hop within a share names those of others, too. Where the file has no such hop,
 * or its name is longer than one may be, as it was.
 */
function atOwnHop(item: Item, name: string, hops: readonly HopNamed[]): Item {
  if (item.pin.on !== 'hop') return item;
  const key = item.pin.hop;
  const own = hops.find((hop) => {
    if (!fileNames(hop.file).includes(name)) return false;
    // As it was called in the file itself, which may have files.
    const file = hop.file.slice(name.length + FILE_SEPARATOR.length);
    return hopKeys({ ...hop, file }).includes(key);
  });
  const hop = own === undefined ? key : hopKeys(own)[3];
  return hop.length > MAX_NAME_CHARS ? item : { ...item, pin: { on: 'hop', hop } };
}

/** One without an end counts as the last. */
function firstToEnd(manifests: readonly ShareManifest[]): ShareManifest | null {
  return manifests.reduce<ShareManifest | null>(
    (first, one) => (first === null || endMsOf(one.expires) < endMsOf(first.expires) ? one : first),
    null,
  );
}
