/** What the agent answers over HTTP, after access.ts let the request in. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MAX_FRAME_PAYLOAD_BYTES, type Status } from '#core/protocol/messages.ts';
import { parseOffset } from '#core/protocol/offset.ts';
import type { Spool } from '../spool/spool.ts';
import { sendJson, sendText } from './headers.ts';

/** On-demand reads are for the bytes of one event; a block is never larger than a frame. */
export const MAX_RAW_READ_BYTES = MAX_FRAME_PAYLOAD_BYTES;

/** `GET /api/host`: may the page connect to a live capture here, and if not, why. */
export interface HostAnswer {
  readonly live: boolean;
  /** One line: cause and remedy, or what is captured. */
  readonly text: string;
  readonly host: string;
}

/** The same for whoever came by the link of a share (src/share/send.ts asks). */
export const GUEST_ANSWER = { guest: true } as const;

export function answerHost(response: ServerResponse, status: Status, host: string): void {
  const answer: HostAnswer = { live: status.capture !== 'unavailable', text: status.text, host };
  sendJson(response, 200, answer);
}

/** `GET /spool?from=N&length=M`: exactly these bytes of the log. */
export async function answerRawRead(
  spool: Spool,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const from = parseOffset(query.get('from') ?? '');
  const length = parseOffset(query.get('length') ?? '');
  if (from === null || length === null || length === 0 || length > MAX_RAW_READ_BYTES) {
    sendJson(response, 400, {
      error: `from must be an offset and length a number from 1 to ${MAX_RAW_READ_BYTES}`,
    });
    return;
  }
  const bytes = await spool.readRaw(from, length);
  if (bytes === null) {
    sendJson(response, 416, { error: 'the log does not reach that far', end: String(spool.end) });
  } else if (bytes instanceof Uint8Array) {
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': bytes.length,
      'Cache-Control': 'no-store',
    });
    response.end(response.req.method === 'HEAD' ? undefined : bytes);
  } else {
    sendJson(response, 410, {
      error: 'these bytes were removed by retention (see --retain-size and --retain-age)',
      oldest: String(bytes.oldest),
      missedBytes: String(bytes.oldest - from),
    });
  }
}

/** `GET /spool.pcapng`: everything kept, as one file. */
export async function answerDownload(
  spool: Spool,
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
): Promise<void> {
  const { length, chunks } = spool.snapshot();
  if (length === 0) {
    sendText(response, 404, 'Nothing has been captured yet.');
    return;
  }
  const name = `whither-${host.replace(/[^\w.-]/g, '_')}.pcapng`;
  response.writeHead(200, {
    'Content-Type': 'application/x-pcapng',
    'Content-Disposition': `attachment; filename="${name}"`,
    'Content-Length': length,
    'Cache-Control': 'no-store',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // A download that is cancelled is no fault.
  await pipeline(Readable.from(chunks()), response).catch(() => undefined);
}
