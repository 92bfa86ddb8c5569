/** What people call a capture's file by, beside its whole name. Pure. */
import { isOwnWord } from './vocabulary.ts';

const EXTENSIONS = /(?:\.(?:pcapng|pcap|cap|ntar|html|json|gz|zst|xz|bz2))+$/i;
/** Shorter ones are in every sentence. */
const MIN_STEM_CHARS = 3;
/** Names of files that name nobody, beside words of Whither's own. */
const WORDS: ReadonlySet<string> = new Set(
  (
    'after all bad before capture captures data dns drop drops dump edge example export file flow flows good http live local log ' +
    'new old out output packet packets probe sample share shared spool test tests trace traces vxlan whither'
  ).split(' '),
);

/** Names of files and what stands for them → these and the names without extension. */
export function sharedFileNames(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const out = new Map(files);
  for (const [name, stands] of files) {
    const stem = name.replace(EXTENSIONS, '');
    const isWord = WORDS.has(stem.toLowerCase()) || isOwnWord(stem);
    const isName = stem.length >= MIN_STEM_CHARS && !isWord && !/^\d+$/.test(stem);
    if (isName && !out.has(stem)) out.set(stem, stands);
  }
  return out;
}
