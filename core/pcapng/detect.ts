/** What a file that is not a capture looks like: people drop the wrong file, or a compressed one. */
import { BLOCK_SHB, PCAP_MAGIC_MODIFIED, PCAP_MAGIC_NS, PCAP_MAGIC_US } from './blocks.ts';
import { decodeUtf8 } from './text.ts';

/** Bytes that the decision is made from: fixed, so that it does not depend on how input is cut. */
export const DETECT_BYTES = 12;

export type InputFormat =
  | { readonly kind: 'pcapng' }
  | { readonly kind: 'pcap'; readonly littleEndian: boolean; readonly magic: number }
  | { readonly kind: 'other'; readonly looksLike: string; readonly remedy: string };

interface Signature {
  readonly bytes: readonly number[];
  readonly looksLike: string;
  readonly remedy: string;
}

const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));
const unpack = (tool: string): string => `Unpack it first (${tool} FILE) and open the result.`;

const SIGNATURES: readonly Signature[] = [
  { bytes: [0x1f, 0x8b], looksLike: 'gzip-compressed data', remedy: unpack('gunzip') },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], looksLike: 'zstd-compressed data', remedy: unpack('unzstd') },
  { bytes: [0x50, 0x4b, 0x03, 0x04], looksLike: 'a zip archive', remedy: unpack('unzip') },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], looksLike: 'xz-compressed data', remedy: unpack('unxz') },
  { bytes: ascii('BZh'), looksLike: 'bzip2-compressed data', remedy: unpack('bunzip2') },
  {
    bytes: [0x04, 0x22, 0x4d, 0x18],
    looksLike: 'lz4-compressed data',
    remedy: unpack('unlz4'),
  },
  {
    bytes: ascii('snoop\0'),
    looksLike: 'a Solaris snoop capture',
    remedy: 'Convert it with `editcap -F pcapng IN OUT` and open OUT.',
  },
  {
    bytes: [0x7f, ...ascii('ELF')],
    looksLike: 'an ELF object',
    remedy: 'Open a capture file: pcapng or pcap.',
  },
];

const OPEN_A_CAPTURE = 'Open a pcapng or pcap file, as whither, Wireshark, tcpdump or dumpcap write them.';

/** UTF-8 without control characters; the last character may be cut. Of 12 random bytes one in 3000 is. */
function isText(buf: Uint8Array, length: number): boolean {
  const text = decodeUtf8(buf, 0, length).replace(/\ufffd{1,3}$/, '');
  return text !== '' && !/[\p{Cc}\ufffd]/u.test(text.replace(/[\t\n\r]/g, ''));
}

/** Decides from the first `length` (at most DETECT_BYTES) bytes; fewer only when there are no more. */
export function detectFormat(buf: Uint8Array, length: number): InputFormat {
  if (length >= 4) {
    const big = ((buf[0]! << 24) | (buf[1]! << 16) | (buf[2]! << 8) | buf[3]!) >>> 0;
    const little = ((buf[3]! << 24) | (buf[2]! << 16) | (buf[1]! << 8) | buf[0]!) >>> 0;
    if (big === BLOCK_SHB) return { kind: 'pcapng' };
    for (const magic of [PCAP_MAGIC_US, PCAP_MAGIC_NS, PCAP_MAGIC_MODIFIED]) {
      if (little === magic) return { kind: 'pcap', littleEndian: true, magic };
      if (big === magic) return { kind: 'pcap', littleEndian: false, magic };
    }
  }
  const found = SIGNATURES.find((s) => s.bytes.length <= length && s.bytes.every((b, i) => buf[i] === b));
  if (found) return { kind: 'other', looksLike: found.looksLike, remedy: found.remedy };
  if (isText(buf, length)) {
    const start = buf.subarray(0, length).find((c) => c > 0x20);
    const json = start === 0x7b || start === 0x5b;
    return {
      kind: 'other',
      looksLike: json ? 'JSON' : 'text',
      remedy: OPEN_A_CAPTURE,
    };
  }
  return { kind: 'other', looksLike: 'data of an unknown kind', remedy: OPEN_A_CAPTURE };
}
