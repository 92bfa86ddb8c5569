/**
 * What an agent answers where a host of static files has the page's service worker (docs/viewer.md): one that ends itself. The page's own
 * would refuse what is sent to the agent, and answer for it when it has gone; a browser may have it from a static host that had this port.
 */
import type { ServerResponse } from 'node:http';

export const SERVICE_WORKER_PATH = '/service-worker.js';

const SCRIPT = `addEventListener('install', () => skipWaiting());
addEventListener('activate', () => registration.unregister());
`;

export function sendServiceWorker(response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(SCRIPT),
  });
  response.end(response.req.method === 'HEAD' ? undefined : SCRIPT);
}
