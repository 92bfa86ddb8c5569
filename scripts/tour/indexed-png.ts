/**
 * A picture of a page as a PNG with a palette (RFC 2083, 11.2.2): a byte a pixel instead of three, which for letters and
 * areas of one colour is half the file. pngjs reads such files and does not write them.
 */
import { crc32, deflateSync } from 'node:zlib';

/** RGBA, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_COLOURS = 256;
const DEPTH_BITS = 8;
const COLOUR_TYPE_PALETTE = 3;
const FILTER_NONE = 0;
/** The best there is: it is done once, and fetched often. */
const LEVEL = 9;

/** With its 256 most frequent colours; a pixel of another has the nearest of them. Nothing is transparent. */
export function indexedPng({ width, height, data }: Pixels): Buffer {
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.readUInt32LE(at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_COLOURS)
    .map(([colour]) => colour);
  const nearest = new Map([...counts.keys()].map((colour) => [colour, nearestOf(palette, colour)]));
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    lines[to++] = FILTER_NONE;
    for (let x = 0; x < width; x++, from += 4) lines[to++] = nearest.get(data.readUInt32LE(from))!;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = DEPTH_BITS;
  header[9] = COLOUR_TYPE_PALETTE;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(lines, { level: LEVEL })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const channels = (colour: number): [red: number, green: number, blue: number] => [
  colour & 0xff,
  (colour >> 8) & 0xff,
  (colour >> 16) & 0xff,
];

function nearestOf(palette: readonly number[], colour: number): number {
  const [r, g, b] = channels(colour);
  let best = 0;
  let bestDistance = Infinity;
  palette.forEach((other, i) => {
    const [or, og, ob] = channels(other);
    const distance = (r - or) ** 2 + (g - og) ** 2 + (b - ob) ** 2;
    if (distance >= bestDistance) return;
    best = i;
    bestDistance = distance;
  });
  return best;
}

/** Length, type, content, and the CRC of the last two. */
function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
