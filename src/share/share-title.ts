/** By what shares are told apart, in the list of those that an agent keeps and as files: what its sender wrote, or asked for. */
import type { MadeShare } from '#workers/api.ts';
import { firstLine } from '#src/list/first-line.ts';
import { printMany } from '#src/list/print.ts';

const MAX_TITLE_CHARS = 80;
const MAX_NAME_CHARS = 48;
const DIGEST_DIGITS = 12;

type Titled = Pick<MadeShare, 'notes' | 'manifest' | 'sha256'>;

/** Of what goes out alone: nothing else may be where others see it. */
export function shareTitle({ notes, manifest }: Omit<Titled, 'sha256'>): string {
  const { report, items, view } = notes;
  const note = items.find(({ text }) => text.trim() !== '')?.text ?? '';
  const where = view.find(([name]) => name === 'where')?.[1] ?? '';
  const { journeys } = manifest.selection;
  const title =
    firstWords(report) ||
    firstWords(note) ||
    where ||
    (journeys === null ? 'the whole capture' : printMany(journeys, 'journey'));
  const cut = title.length <= MAX_TITLE_CHARS ? title : `${title.slice(0, MAX_TITLE_CHARS - 2).trimEnd()} …`;
  // Half a character cannot be sent.
  return cut.replace(/\p{Surrogate}/gu, '');
}

/** The title of a text in Markdown, else the first line that is under no mere heading. */
function firstWords(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const title = lines.find((line) => line.startsWith('# '));
  const line = title ?? lines.find((one) => one !== '' && !one.startsWith('#')) ?? '';
  return firstLine(line);
}

/** Of its file, without an ending; two shares that differ have two. `capture`: the capture's file, which may name the host. */
export function shareFileName(made: Titled, capture: string): string {
  const parts =
    made.manifest.policy.names === 'keep'
      ? [plain(capture.replace(/\.(?:pcapng|pcap|ntar)$/i, '')), 'share']
      : ['share', plain(shareTitle(made))];
  return [...parts, made.sha256.slice(0, DIGEST_DIGITS)].filter((part) => part !== '').join('-');
}

function plain(text: string): string {
  return text
    .replace(/[^\w.-]+/g, '-')
    .slice(0, MAX_NAME_CHARS)
    .replace(/^[-.]+|-+$/g, '');
}
