/** Headers of every response, whatever its status. */
import type { ServerResponse } from 'node:http';
import { PAGE_POLICY } from '#core/protocol/page-policy.ts';
import type { Refusal } from './access.ts';
import {
  NOT_LET_IN,
  REFUSAL_POLICY,
  REFUSAL_STYLE,
  refusalPage,
  wantsPage,
  type RefusalText,
} from './refusal-page.ts';

export const CONTENT_SECURITY_POLICY = [...PAGE_POLICY, "frame-ancestors 'none'"].join('; ');

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
}

/** Captured data and anything about this host must not stay in a cache. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', `${text}\n`);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', JSON.stringify(value));
}

export function sendRefusal(response: ServerResponse, { status, text }: Refusal): void {
  sendRefused(response, status, text, { ...NOT_LET_IN, cause: text });
}

/** `page` for a person's browser, `text` for whatever else asks. */
export function sendRefused(response: ServerResponse, status: number, text: string, page: RefusalText): void {
  response.setHeader('Vary', 'Accept');
  if (!wantsPage(response.req)) {
    sendText(response, status, text);
    return;
  }
  response.setHeader('Content-Security-Policy', REFUSAL_POLICY);
  send(response, status, 'text/html; charset=utf-8', refusalPage(page));
}

export function sendRefusalStyle(response: ServerResponse): void {
  send(response, 200, 'text/css; charset=utf-8', REFUSAL_STYLE);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
