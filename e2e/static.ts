/**
 * The built page on a plain web host: static files, no agent, the same Content Security Policy. What such a host
 * does not have is a 404, as anywhere.
 */
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { CONTENT_SECURITY_POLICY } from '#agent/server/headers.ts';

const DIST = fileURLToPath(new URL('../dist/page', import.meta.url));
export interface StaticHost {
  readonly url: string;
  close(): Promise<void>;
}

/** `extra` files are served beside the page: path → bytes. */
export async function serveStatic(
  extra: ReadonlyMap<string, Uint8Array> = new Map(),
  folder = DIST,
): Promise<StaticHost> {
  if (!existsSync(folder)) throw new Error(`${folder} is missing: npm run build`);
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
    const file = extra.get(new URL(request.url ?? '/', 'http://host').pathname);
    if (file !== undefined) {
      response.end(file);
      return;
    }
    files(request, response, () => {
      response.statusCode = 404;
      response.end('not found');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
