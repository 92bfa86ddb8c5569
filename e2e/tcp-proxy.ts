/**
 * A TCP proxy that can be cut like a cable. Chromium is told to go through it by --host-resolver-rules, so that Host
 * and Origin stay those of the agent, which accepts no others.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  /** Switch for Chromium that maps the agent's address to this proxy. */
  readonly browserSwitch: string;
  /** Ends every connection and refuses new ones until `restore`. */
  cut(): void;
  restore(): void;
  /** Connections made so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function startProxy(target: URL): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let connected = true;
  let connections = 0;
  const server = createServer((client) => {
    if (!connected) {
      client.resetAndDestroy();
      return;
    }
    connections++;
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      socket.on('error', () => undefined);
    }
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    browserSwitch: `--host-resolver-rules=MAP ${target.host} 127.0.0.1:${port}`,
    cut() {
      connected = false;
      for (const socket of open) socket.resetAndDestroy();
    },
    restore() {
      connected = true;
    },
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
