import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Collector, patternBytes } from '#workers/testing/collector.ts';
import { openWhole } from '#workers/schema/whole-capture.ts';
import { UrlBudget } from './url-budget.ts';
import { UrlSource } from './url.ts';

const BYTES = patternBytes(200_000);
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.pcapng`;
}

function faultOf(source: UrlSource): Promise<unknown> {
  return source.start(new Collector()).then(
    () => null,
    (error: unknown) => error,
  );
}

describe('the URL source', () => {
  it('delivers the bytes, knows their number from Content-Length, and reads a block again', async () => {
    const url = await serve((_, response) => {
      response.setHeader('content-length', BYTES.length);
      response.end(BYTES);
    });
    const source = new UrlSource(url, 'a sample');
    const sink = new Collector();
    let totalAtFirst: number | null = null;
    sink.pause = () => {
      totalAtFirst ??= source.totalBytes;
      return Promise.resolve();
    };
    await source.start(sink);
    expect(totalAtFirst).toBe(BYTES.length);
    expect(Buffer.compare(sink.joined(), BYTES)).toBe(0);
    expect(await source.read(100_000, 50)).toEqual(BYTES.slice(100_000, 100_050));
    await expect(source.read(199_999, 2)).rejects.toMatchObject({ code: 'url-not-read' });
  });

  it('knows the number of bytes at the end when the server did not say it', async () => {
    const url = await serve((_, response) => {
      response.write(BYTES.subarray(0, 10));
      response.end(BYTES.subarray(10));
    });
    const source = new UrlSource(url, 'a sample');
    await source.start(new Collector());
    expect(source.totalBytes).toBe(BYTES.length);
  });

  it.each([
    [404, 'url-not-found'],
    [410, 'url-not-found'],
    [403, 'url-forbidden'],
    [500, 'url-status'],
  ])('names a status of %i', async (status, code) => {
    const url = await serve((_, response) => response.writeHead(status).end('no'));
    expect(await faultOf(new UrlSource(url, 'x'))).toMatchObject({ code });
  });

  it.each([
    [404, 'This share was deleted, or its link is not whole.'],
    [410, 'This share has expired: its time was over, and it was deleted.'],
  ])(
    'says of a share that its agent answers %i for what became of it, opened and read again',
    async (status, cause) => {
      const base = await serve((_, response) => response.writeHead(status).end('no'));
      const url = new URL(`/s/${'a'.repeat(32)}.pcapng`, base).href;
      const source = new UrlSource(url, '');
      expect(await faultOf(source)).toMatchObject({ code: 'share-gone', cause });
      await expect(openWhole({ kind: 'url', url }, source)).rejects.toMatchObject({ cause });
      await expect(openWhole({ kind: 'url', url: base }, source)).rejects.toMatchObject({
        code: 'capture-gone',
      });
    },
  );

  it('tells a server that cannot be reached from one that does not allow this page', async () => {
    const url = await serve((_, response) => response.end());
    const refusing = (answersWithoutCors: boolean): typeof fetch => {
      return (_input, init) =>
        init?.mode === 'no-cors' && answersWithoutCors
          ? Promise.resolve(Response.error())
          : Promise.reject(new TypeError('Failed to fetch'));
    };
    expect(await faultOf(new UrlSource(url, 'x', { fetch: refusing(true) }))).toMatchObject({
      code: 'url-cors',
    });
    expect(await faultOf(new UrlSource(url, 'x', { fetch: refusing(false) }))).toMatchObject({
      code: 'url-network',
    });
  });

  it('keeps what came before the connection broke', async () => {
    const url = await serve((_, response) => {
      response.setHeader('content-length', BYTES.length);
      response.write(BYTES.subarray(0, 1000), () => response.destroy());
    });
    const source = new UrlSource(url, 'a sample');
    const sink = new Collector();
    await expect(source.start(sink)).rejects.toMatchObject({
      code: 'url-interrupted',
      cause: 'The connection ended after 1000 bytes of a sample.',
    });
    expect(await source.read(990, 10)).toEqual(BYTES.slice(990, 1000));
  });

  it('refuses a file over its cap, announced or not', async () => {
    const announced = await serve((_, response) => {
      response.setHeader('content-length', BYTES.length);
      response.end(BYTES);
    });
    const silent = await serve((_, response) => {
      response.write(BYTES.subarray(0, 10));
      response.end(BYTES.subarray(10));
    });
    for (const url of [announced, silent]) {
      expect(await faultOf(new UrlSource(url, 'x', { maxBytes: 1000 }))).toMatchObject({
        code: 'url-too-large',
      });
    }
  });

  it.each([true, false])(
    'refuses what is over the cap of all that are opened together, announced: %s',
    async (announced) => {
      const url = await serve((_, response) => {
        if (announced) response.setHeader('content-length', BYTES.length);
        response.write(BYTES.subarray(0, 10));
        response.end(BYTES.subarray(10));
      });
      const budget = new UrlBudget(2.5 * BYTES.length);
      for (let i = 0; i < 2; i++) expect(await faultOf(new UrlSource(url, 'x', { budget }))).toBeNull();
      expect(budget.left).toBe(0.5 * BYTES.length);
      const sink = new Collector();
      await expect(new UrlSource(url, 'the third', { budget }).start(sink)).rejects.toMatchObject({
        code: 'urls-too-large',
        cause: expect.stringMatching(/^With the third the addresses .* larger than the [\d.]+ MiB/) as string,
      });
      expect(sink.bytes).toBeLessThanOrEqual(0.5 * BYTES.length);
      // A file of its own has the whole again.
      expect(await faultOf(new UrlSource(url, 'x'))).toBeNull();
    },
  );

  it('ends quietly when it is cancelled', async () => {
    const url = await serve((_, response) => response.write(BYTES.subarray(0, 1000)));
    const source = new UrlSource(url, 'x');
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(1000);
    source.cancel();
    await ended;
    expect(sink.bytes).toBe(1000);
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'data:,x', 'a.pcapng'])(
    'does not open %s',
    async (url) => {
      expect(await faultOf(new UrlSource(url, 'x'))).toMatchObject({ code: 'url-scheme' });
    },
  );
});
