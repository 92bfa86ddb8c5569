/**
 * `GET /api/capture`: what is captured and what could be. `POST`: capture something else. Whoever is answered has passed
 * Host, Origin and cookie; a POST must have an Origin, which every browser sends along and no link can, and be JSON,
 * which no form can send.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  MAX_CAPTURE_ASK_BYTES,
  type CaptureAnswer,
  type CaptureControls,
} from '#core/protocol/capture-ask.ts';
import { sendJson, sendText } from './headers.ts';

export interface CaptureControl {
  controls(): Promise<CaptureControls>;
  /** `ask` is whatever was sent. Never rejects for what is wrong with it. */
  change(ask: unknown): Promise<CaptureAnswer>;
}

export async function answerCapture(
  control: CaptureControl,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      sendJson(response, 200, await control.controls());
      return;
    case 'POST':
      await change(control, request, response);
      return;
    default:
      response.setHeader('Allow', 'GET, HEAD, POST');
      sendText(response, 405, 'Only GET, HEAD and POST are answered here.');
  }
}

async function change(
  control: CaptureControl,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers.origin === undefined) {
    sendText(response, 403, 'A change without an Origin is refused: make it on the page.');
    return;
  }
  if (request.headers['content-type'] !== 'application/json') {
    sendText(response, 415, 'Only application/json is taken.');
    return;
  }
  const { refused } = await control.controls();
  if (refused !== '') {
    sendText(response, 403, refused);
    return;
  }
  const body = await bodyOf(request);
  if (body === null) {
    response.setHeader('Connection', 'close');
    sendText(response, 413, `A question has at most ${MAX_CAPTURE_ASK_BYTES} bytes.`);
    return;
  }
  let ask: unknown;
  try {
    ask = JSON.parse(body);
  } catch {
    sendText(response, 400, 'That is no JSON.');
    return;
  }
  const answer = await control.change(ask);
  sendJson(response, answer.ok ? 200 : 422, answer);
}

/** null = it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    const bytes = part as Buffer;
    length += bytes.length;
    if (length > MAX_CAPTURE_ASK_BYTES) return null;
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}
