/** What came with a capture that is a share, or with several of which some are: the newest manifest and notes of each that can be read. */
import { MAX_REPORT_CHARS } from '#core/notes/limits.ts';
import type { CaptureNotes } from '#core/notes/notes.ts';
import type { CustomBlock } from '#core/pcapng/types.ts';
import type { ShareManifest } from '#core/share/manifest.ts';
import { shareLine } from '#core/share/manifest-sink.ts';
import { readTold } from '#core/share/told.ts';
import type { ArrivedShare } from './api.ts';

/** Of one file. */
interface Arrived {
  manifest: ShareManifest | null;
  notes: CaptureNotes | null;
}

/** `fileAt`: which of several files an offset is in; null = one is open, and what it says is of all of it. */
export function arrivedShare(
  blocks: readonly CustomBlock[],
  fileAt: ((offset: number) => string | null) | null,
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
  return { ...(fileAt === null ? ofOne(files.get('')) : ofSeveral(files)), faults };
}

type Said = Omit<ArrivedShare, 'faults'>;

function ofOne({ manifest, notes }: Arrived = { manifest: null, notes: null }): Said {
  return { manifest, line: manifest === null ? '' : shareLine(manifest), notes };
}

/** What one of them says holds for no other: its view is of no use here, and its line and report name it. */
function ofSeveral(files: ReadonlyMap<string, Arrived>): Said {
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
            items: noted.flatMap(({ notes }) => notes.items),
          },
  };
}

/** One without an end counts as the last. */
function firstToEnd(manifests: readonly ShareManifest[]): ShareManifest | null {
  const end = ({ expires }: ShareManifest): number => {
    const time = expires === null ? NaN : Date.parse(expires);
    return Number.isNaN(time) ? Infinity : time;
  };
  return manifests.toSorted((a, b) => Math.sign(end(a) - end(b)) || 0)[0] ?? null;
}
