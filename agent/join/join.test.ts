/** Two agents on loopback, one joined to the other: real servers, real sockets, real logs. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { JoinedAgent } from '#core/protocol/messages.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { event, section } from '../testing/section.ts';
import { until } from '../testing/temporary.ts';
import { JoinedAgents, linksOf } from './joined-agents.ts';

/** The other agent behind a link that can be cut and be down: it lets in whoever comes, and passes on what is said. */
class Link {
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #agent: AgentUnderTest;
  #open: WebSocket[] = [];
  down = false;

  private constructor(agent: AgentUnderTest) {
    this.#agent = agent;
    this.#http = createServer((request, response) => {
      if (this.down) request.socket.destroy();
      else response.writeHead(302, { 'Set-Cookie': `${agent.cookie}; Path=/`, Location: '/' }).end();
    });
    this.#http.on('upgrade', (request, socket, head) => {
      if (this.down) socket.destroy();
      else this.#sockets.handleUpgrade(request, socket, head, (near) => this.#pass(near));
    });
  }

  static async to(agent: AgentUnderTest): Promise<Link> {
    const link = new Link(agent);
    await new Promise<void>((resolve) => link.#http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      link.cut();
      link.#http.close();
    });
    return link;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/?token=x`;
  }

  cut(): void {
    for (const socket of this.#open) socket.terminate();
    this.#open = [];
  }

  #pass(near: WebSocket): void {
    const far = this.#agent.socket();
    this.#open.push(near, far);
    const waiting: string[] = [];
    near.on('message', (data: Buffer) => {
      if (far.readyState === WebSocket.OPEN) far.send(data.toString());
      else waiting.push(data.toString());
    });
    far.on('open', () => waiting.forEach((text) => far.send(text)));
    far.on('message', (data: Buffer, binary) => near.send(data, { binary }));
    near.on('error', () => undefined);
  }
}

interface Joined {
  readonly states: () => readonly JoinedAgent[];
  /** How often pages were told. */
  readonly told: () => number;
  readonly stop: () => Promise<void>;
}

function join(agent: AgentUnderTest, ...links: string[]): Joined {
  let states: readonly JoinedAgent[] = [];
  let count = 0;
  const agents = new JoinedAgents(linksOf(links), agent.spool, (told) => {
    states = told;
    count++;
    agent.server.setJoined(told);
  });
  agents.start();
  onTestFinished(() => agents.stop());
  return { states: () => states, told: () => count, stop: () => agents.stop() };
}

async function storeOf({ spool }: AgentUnderTest): Promise<CaptureStore> {
  const bytes = await spool.readRaw(spool.oldest, spool.end - spool.oldest);
  const store = new CaptureStore({ seed: 1 });
  const reader = new CaptureReader(store);
  reader.push(bytes as Uint8Array);
  reader.end();
  return store;
}

/** Events by the host of their hop. */
function byHost(store: CaptureStore): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [index, { host }] of store.hops.hops.entries()) {
    counts[host] = (counts[host] ?? 0) + store.hops.events[index]!;
  }
  return counts;
}

async function untilEvents(agent: AgentUnderTest, counts: Record<string, number>): Promise<CaptureStore> {
  for (;;) {
    const { end } = agent.spool;
    if (end > 0) {
      const store = await storeOf(agent);
      if (JSON.stringify(byHost(store)) === JSON.stringify(counts)) return store;
    }
    await until(() => agent.spool.end > end);
  }
}

test('two agents are one capture: each packet under its own host, and a page hears of both', async () => {
  const [near, far] = [await AgentUnderTest.start(), await AgentUnderTest.start()];
  await near.spool.append(section({ run: 1, events: 20, hostname: 'near' }));
  await far.spool.append(section({ run: 2, events: 20, hostname: 'far' }));
  const { states } = join(near, far.server.link(''));
  await untilEvents(near, { near: 20, far: 20 });
  // While both go on: nothing of either is lost or told as the other's.
  for (let k = 20; k < 60; k += 10) {
    for (let i = k; i < k + 10; i++) {
      await near.spool.append(event(i));
      await far.spool.append(event(i));
    }
  }
  const store = await untilEvents(near, { near: 60, far: 60 });
  expect(store.problems).toEqual([]);
  expect(store.journeys.count).toBe(120);
  expect(store.gaps.list()).toEqual([]);
  const page = await near.connect();
  await until(() => page.messages.some(({ type }) => type === 'joined'));
  expect(states()).toMatchObject([{ link: 'live', text: 'Capturing eth0.' }]);
  expect(page.messages.find(({ type }) => type === 'joined')).toEqual({ type: 'joined', agents: states() });
});

test('a link that is cut is said to be, and goes on without loss or repetition when it is back', async () => {
  const [near, far] = [await AgentUnderTest.start(), await AgentUnderTest.start()];
  const link = await Link.to(far);
  const { states } = join(near, link.url);
  await far.spool.append(section({ run: 2, events: 10, hostname: 'far' }));
  await untilEvents(near, { far: 10 });
  link.down = true;
  link.cut();
  await until(() => states()[0]?.link === 'connecting');
  expect(states()[0]!.text).toMatch(/cut|does not answer/);
  for (let i = 10; i < 20; i++) await far.spool.append(event(i));
  link.down = false;
  const store = await untilEvents(near, { far: 20 });
  await until(() => states()[0]?.link === 'live');
  expect(store.journeys.count).toBe(20);
  expect(store.gaps.list()).toEqual([]);
  expect(store.problems).toEqual([]);
});

test('what was removed while the link was down is a gap of that host', async () => {
  const near = await AgentUnderTest.start();
  const far = await AgentUnderTest.start({}, { segmentBytes: 2048, retainBytes: 16 * 1024 });
  const link = await Link.to(far);
  join(near, link.url);
  await far.spool.append(section({ run: 2, events: 2, hostname: 'far' }));
  await untilEvents(near, { far: 2 });
  link.down = true;
  link.cut();
  for (let i = 2; i < 400; i++) await far.spool.append(event(i));
  expect(far.spool.oldest).toBeGreaterThan(4096);
  link.down = false;
  const before = near.spool.end;
  await until(() => near.spool.end > before + 1024);
  const store = await storeOf(near);
  expect(store.gaps.list()).toMatchObject([{ cause: 'removed by retention' }]);
  expect(store.problems).toEqual([]);
});

test('a link whose token is not known any more ends, with what to do; one that is none is refused at once', async () => {
  const [near, far] = [await AgentUnderTest.start(), await AgentUnderTest.start()];
  const { states } = join(near, `${far.origin}/?token=${'x'.repeat(43)}`);
  await until(() => states()[0]?.link === 'ended');
  expect(states()[0]!.text).toMatch(/^It lets nobody in by this link: The token in this link is wrong: /);
  for (const text of ['far', 'http://far:80/', 'ftp://far/?token=x', '']) {
    expect(() => linksOf([text])).toThrow('--join wants the link that the other agent printed');
  }
});

test('two that join each other are told so, and do not send each other their own for ever', async () => {
  const [near, far] = [await AgentUnderTest.start(), await AgentUnderTest.start()];
  await far.spool.append(section({ run: 2, events: 5, hostname: 'far' }));
  far.server.setJoined([{ host: 'near', link: 'connecting', text: '' }]);
  const { states } = join(near, far.server.link(''));
  await until(() => states()[0]?.link === 'ended');
  expect(states()[0]!.text).toBe('It joins other agents itself: join those here, one by one.');
  expect(near.spool.end).toBe(0);
});

test('an agent that is joined by two links is joined once, and stopping says nothing more', async () => {
  const [near, far] = [await AgentUnderTest.start(), await AgentUnderTest.start()];
  const [one, other] = [await Link.to(far), await Link.to(far)];
  const { states, stop } = join(near, one.url, other.url);
  await far.spool.append(section({ run: 2, events: 10, hostname: 'far' }));
  await until(() => states().some(({ link }) => link === 'ended'));
  await until(() => states().some(({ link }) => link === 'live'));
  expect(states().find(({ link }) => link === 'ended')!.text).toBe('It is joined already, by another link.');
  const store = await untilEvents(near, { far: 10 });
  expect(store.journeys.count).toBe(10);
  await stop();
  expect(
    states()
      .map(({ link }) => link)
      .sort(),
  ).toEqual(['ended', 'live']);
});

const HELLO = {
  type: 'hello',
  protocol: 1,
  spool: 'x'.repeat(22),
  host: 'far',
  oldest: '0',
  start: '0',
  end: '0',
  missedBytes: '0',
  reset: false,
};

/** An agent that lets in whoever comes, and then says what it likes. */
async function fake(
  onConnection: (socket: WebSocket) => void,
): Promise<{ readonly url: string; readonly cut: () => void }> {
  const http = createServer((_request, response) => {
    response.writeHead(302, { 'Set-Cookie': 'a=b', Location: '/' }).end();
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', onConnection);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    sockets.close();
    http.closeAllConnections();
    http.close();
  });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/?token=x`,
    cut: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

test('an agent that talks without end is heard now and then, and one that begins anew without need is cut', async () => {
  const near = await AgentUnderTest.start();
  let hellos = 1;
  const { url, cut } = await fake((socket) => {
    for (let i = 0; i < hellos; i++) socket.send(JSON.stringify(HELLO));
    for (let i = 0; i < 3000; i++)
      socket.send(JSON.stringify({ type: 'status', capture: 'running', text: `${i}` }));
  });
  const { states, told } = join(near, url);
  await until(() => states()[0]?.text === '2999');
  expect(told()).toBeLessThan(20);
  hellos = 2;
  cut();
  await until(() => states()[0]?.text === 'It began anew without need. Trying again.');
  expect(near.spool.end).toBe(0);
});

test('an agent has one log at a time: those that it named before are not kept from others', async () => {
  const near = await AgentUnderTest.start();
  const named = await fake((socket) => {
    for (const [i, spool] of ['first', 'second', 'third'].entries())
      socket.send(JSON.stringify({ ...HELLO, spool, start: String(i), reset: i > 0 }));
    socket.send(JSON.stringify({ type: 'status', capture: 'running', text: 'named' }));
  });
  let isUp = false;
  const other = await fake((socket) => {
    if (!isUp) socket.terminate();
    else socket.send(JSON.stringify({ ...HELLO, spool: 'first' }));
  });
  const { states } = join(near, named.url, other.url);
  await until(() => states()[0]?.text === 'named');
  isUp = true;
  await until(() => states()[1]?.link !== 'connecting');
  expect(states()[1]).toMatchObject({ link: 'live' });
});
