/** Files given to `whither open`: served by number and name, whole or by range (RFC 9110, section 14). */
import { createReadStream, fstatSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { sendText } from './headers.ts';

/** Opened once, by whoever may read it; its name is for people and URLs only. */
export interface ServedFile {
  readonly name: string;
  readonly fd: number;
}

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
  const stream = createReadStream('', { fd, autoClose: false, start, end });
  try {
    await pipeline(stream, response, { end: false });
  } catch {
    // A browser that stops reading is no fault.
  }
  // A file that became shorter ends the connection; else the next answer would be taken for its rest.
  if (stream.bytesRead === end - start + 1) response.end();
  else response.destroy();
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
