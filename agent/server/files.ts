/** Files given to `whither open`: served by number and name, whole or by range (RFC 9110, section 14). */
import { fstatSync, read } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { sendText } from './headers.ts';

/** Opened once, by whoever may read it; its name is for people and URLs only. */
export interface ServedFile {
  readonly name: string;
  readonly fd: number;
}

const readAt = promisify(read);
const PIECE_BYTES = 256 * 1024;

const ROUTE = /^\/files\/(\d{1,4})-/;

export function fileUrl(index: number, file: ServedFile): string {
  return `/files/${index}-${encodeURIComponent(file.name)}`;
}

/** false when `pathname` is none of theirs. */
export async function serveFile(
  files: readonly ServedFile[],
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const match = ROUTE.exec(pathname);
  if (!match) return false;
  const index = Number(match[1]);
  const file = files[index];
  if (!file || pathname !== fileUrl(index, file)) {
    sendText(response, 404, 'No such file: only those given to whither open are served.');
    return true;
  }
  await sendDescriptor(file.fd, request, response);
  return true;
}

/** A file that is open, whole or by range. */
export async function sendDescriptor(
  fd: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { size } = fstatSync(fd);
  const range = parseRange(request.headers.range, size);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Cache-Control', 'no-store');
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${size}`);
    sendText(response, 416, `The file has ${size} bytes.`);
    return;
  }
  const start = range?.start ?? 0;
  const end = range?.end ?? size - 1;
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': end - start + 1,
  });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  let sent = 0;
  try {
    await pipeline(
      piecesOf(fd, start, end, (bytes) => (sent += bytes)),
      response,
      { end: false },
    );
  } catch {
    // A browser that stops reading is no fault.
  }
  // A file that became shorter ends the connection; else the next answer would be taken for its rest.
  if (sent === end - start + 1) response.end();
  else response.destroy();
}

/**
 * Bytes `start` to `end`, inclusive. No stream of Node's: one that is destroyed, as when a browser stops reading, closes the descriptor, whatever its
 * `autoClose`, and the next file that is opened has its number.
 */
async function* piecesOf(
  fd: number,
  start: number,
  end: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at <= end;) {
    const length = Math.min(PIECE_BYTES, end - at + 1);
    const { bytesRead, buffer } = await readAt(fd, Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) return;
    onRead(bytesRead);
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** One range, inclusive; null = none or not understood (then the whole is sent, as the RFC has it). */
export function parseRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start >= size) return 'unsatisfiable';
  return end < start ? null : { start, end };
}
