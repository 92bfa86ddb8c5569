import { expect, test } from 'vitest';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import { CREDIT_WINDOW_BYTES, MAX_CONTROL_BYTES, MAX_FRAME_PAYLOAD_BYTES } from '#core/protocol/messages.ts';
import { AgentUnderTest, type TestClient } from '../testing/agent-under-test.ts';
import { event, section } from '../testing/section.ts';
import { until } from '../testing/temporary.ts';
import { MAX_CLIENTS } from './stream.ts';

const SLOW_CLIENTS = 10;

async function log(agent: AgentUnderTest): Promise<Uint8Array> {
  const { oldest, end } = agent.spool;
  const bytes = await agent.spool.readRaw(oldest, end - oldest);
  if (!(bytes instanceof Uint8Array)) throw new Error('gone');
  return bytes;
}

/** All that the client has sent so far has been received. */
function answered({ socket }: TestClient): Promise<void> {
  return new Promise((resolve) => {
    socket.once('pong', () => resolve());
    socket.ping();
  });
}

function subscribe(client: TestClient, from: string, credit: number, spool = ''): void {
  client.send({ type: 'subscribe', from, spool });
  if (credit > 0) client.send({ type: 'credit', bytes: credit });
}

test('a client gets status, hello, and the log in whole blocks', async () => {
  const agent = await AgentUnderTest.start();
  await agent.spool.append(section({ run: 1, events: 3000 }));
  const client = await agent.connect();
  subscribe(client, 'oldest', CREDIT_WINDOW_BYTES);
  const hello = await client.hello();
  const end = String(agent.spool.end);
  expect(client.messages[0]).toEqual({ type: 'status', capture: 'running', text: 'Capturing eth0.' });
  expect(hello).toMatchObject({
    protocol: 1,
    spool: agent.spool.id,
    oldest: '0',
    end,
    start: '0',
    missedBytes: '0',
    reset: false,
  });
  await until(() => client.received === agent.spool.end);
  expect(client.bytes).toEqual(await log(agent));
  for (const { payload } of client.frames) {
    expect(payload.length).toBeLessThanOrEqual(MAX_FRAME_PAYLOAD_BYTES);
    expect(payload.length % 4).toBe(0);
  }
  const more = event(3000);
  await agent.spool.append(more);
  await until(() => client.received === agent.spool.end);
  expect(client.frames.at(-1)!.payload).toEqual(Buffer.from(more));
});

test('cut anywhere, a client resumes at its offset with a byte-identical sequence', async () => {
  const agent = await AgentUnderTest.start({}, { segmentBytes: 64 * 1024 });
  const parts: Uint8Array[] = [];
  let next = 'oldest';
  for (let round = 0; round < 5; round++) {
    await agent.spool.append(section({ run: round, events: 700, first: round * 700 }));
    const client = await agent.connect();
    subscribe(client, next, 90_000, agent.spool.id);
    await until(() => client.received > 40_000);
    client.socket.terminate();
    await client.closed;
    parts.push(client.bytes);
    next = String(client.next);
  }
  const last = await agent.connect();
  subscribe(last, next, CREDIT_WINDOW_BYTES, agent.spool.id);
  await until(() => last.next === agent.spool.end);
  parts.push(last.bytes);
  expect(Buffer.concat(parts)).toEqual(Buffer.from(await log(agent)));
});

test('no more is sent than credit was given', async () => {
  const agent = await AgentUnderTest.start();
  await agent.spool.append(section({ run: 1, events: 3000 }));
  const client = await agent.connect();
  subscribe(client, 'oldest', 0);
  await client.hello();
  let granted = 0;
  for (const bytes of [1000, 1, 5000, 300_000, 60_000]) {
    client.send({ type: 'credit', bytes });
    granted += bytes;
    // The reply to a ping comes after everything sent before it.
    await new Promise((resolve) => {
      client.socket.once('pong', resolve);
      setTimeout(() => client.socket.ping(), 20);
    });
    expect(client.received).toBeLessThanOrEqual(granted);
  }
  await until(() => granted - client.received < 1000);
  client.send({ type: 'credit', bytes: CREDIT_WINDOW_BYTES });
  await until(() => client.received === agent.spool.end);
});

test('ten slow clients hold little memory while the log grows', async () => {
  const agent = await AgentUnderTest.start();
  const clients = await Promise.all(Array.from({ length: SLOW_CLIENTS }, () => agent.connect()));
  for (const client of clients) {
    subscribe(client, 'oldest', CREDIT_WINDOW_BYTES);
    client.socket.pause();
  }
  const chunk = section({ run: 1, events: 5000 });
  await agent.spool.append(chunk);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 40; i++)
    await agent.spool.append(Buffer.concat([section({ run: 2, events: 1 }), chunk]));
  expect(agent.spool.end).toBeGreaterThan(36 * 1024 * 1024);
  await until(() => agent.server.clients === SLOW_CLIENTS);
  // Each may hold two frames and the one being sent; the whole log ten times would be 360 MiB.
  const held = process.memoryUsage().arrayBuffers - before;
  expect(held).toBeLessThan(SLOW_CLIENTS * 4 * MAX_FRAME_PAYLOAD_BYTES + 40 * 1024 * 1024);
  for (const client of clients) client.socket.resume();
  await until(() =>
    clients.every((client) => client.received > CREDIT_WINDOW_BYTES - MAX_FRAME_PAYLOAD_BYTES),
  );
  for (const client of clients) expect(client.received).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES);
});

test('bytes gone are named, and the client goes on at what is kept', async () => {
  const agent = await AgentUnderTest.start({}, { segmentBytes: 4096, retainBytes: 40_000 });
  await agent.spool.append(section({ run: 1, events: 400 }));
  const client = await agent.connect();
  subscribe(client, '100', CREDIT_WINDOW_BYTES, agent.spool.id);
  const { oldest, end } = agent.spool;
  expect(await client.hello()).toMatchObject({
    start: String(oldest),
    missedBytes: String(oldest - 100),
    reset: false,
  });
  await until(() => client.next === end);
  expect(readAll([client.bytes]).problems).toEqual([]);
});

test('a client that retention overtakes is told in a second hello', async () => {
  const agent = await AgentUnderTest.start({}, { segmentBytes: 4096, retainBytes: 40_000 });
  await agent.spool.append(section({ run: 1, events: 10 }));
  const client = await agent.connect();
  subscribe(client, 'oldest', 1000);
  await until(() => client.received > 0);
  const stopped = client.next;
  await agent.spool.append(Buffer.concat(Array.from({ length: 400 }, (_, i) => event(10 + i))));
  const { oldest } = agent.spool;
  client.send({ type: 'credit', bytes: CREDIT_WINDOW_BYTES });
  await until(() => client.next === agent.spool.end);
  expect(client.hellos[1]).toMatchObject({ start: String(oldest), missedBytes: String(oldest - stopped) });
});

test('the offset of another log starts over and says so', async () => {
  const agent = await AgentUnderTest.start();
  await agent.spool.append(section({ run: 1, events: 3 }));
  for (const [from, spool] of [
    ['100', 'another'],
    ['live', 'another'],
    ['999999', agent.spool.id],
  ] as const) {
    const client = await agent.connect();
    subscribe(client, from, 0, spool);
    expect(await client.hello()).toMatchObject({ start: '0', missedBytes: '0', reset: true });
  }
});

test('live begins at a segment of its own near the end', async () => {
  const agent = await AgentUnderTest.start();
  await agent.spool.append(section({ run: 1, events: 8000 }));
  const client = await agent.connect();
  subscribe(client, 'live', CREDIT_WINDOW_BYTES);
  const { start, missedBytes } = await client.hello();
  expect(Number(start)).toBeGreaterThan(1024 * 1024);
  expect(missedBytes).toBe(start);
  await agent.spool.append(event(8000));
  await until(() => client.next === agent.spool.end);
  expect(readAll([client.bytes]).packets.map((p) => p.packetId)).toEqual([8000n]);
});

test('who hears nothing else hears that the agent is alive', async () => {
  const agent = await AgentUnderTest.start();
  const client = await agent.connect();
  await until(() => client.signs === 2);
});

test('changes of the status reach every client', async () => {
  const agent = await AgentUnderTest.start();
  const clients = await Promise.all([agent.connect(), agent.connect()]);
  const status = { type: 'status', capture: 'stopped', text: 'The probe ended.' } as const;
  agent.server.setStatus(status);
  await until(() => clients.every((client) => client.messages.length === 2));
  for (const client of clients) expect(client.messages[1]).toEqual(status);
});

test('a control message that is too large closes with 1009', async () => {
  const agent = await AgentUnderTest.start();
  const client = await agent.connect();
  client.socket.send('x'.repeat(MAX_CONTROL_BYTES + 1));
  expect((await client.closed).code).toBe(1009);
});

test('what is no control message closes with a reason', async () => {
  const agent = await AgentUnderTest.start();
  await agent.spool.append(section({ run: 1, events: 3 }));
  const reasonFor = async (...messages: (string | Uint8Array)[]): Promise<[number, string]> => {
    const client = await agent.connect();
    for (const message of messages) client.socket.send(message);
    const { code, reason } = await client.closed;
    return [code, reason];
  };
  expect(await reasonFor('hello')).toEqual([1008, 'control message is not JSON']);
  expect(await reasonFor('{"type":"rm -rf"}')).toEqual([
    1008,
    expect.stringContaining('control message: type'),
  ]);
  expect(await reasonFor('{"type":"credit","bytes":-1}')).toEqual([
    1008,
    'control message: bytes: less than 1',
  ]);
  expect(await reasonFor(Uint8Array.of(1))).toEqual([1003, expect.stringContaining('binary messages')]);
  const again = '{"type":"subscribe","from":"oldest","spool":""}';
  expect(await reasonFor(again, again)).toEqual([1008, 'already subscribed: open another socket']);
  const inside = '{"type":"subscribe","from":"2","spool":""}';
  expect(await reasonFor(inside, '{"type":"credit","bytes":100000}')).toEqual([
    1008,
    'no block begins at offset 2',
  ]);
});

test('there is a limit of clients', async () => {
  const agent = await AgentUnderTest.start();
  await Promise.all(Array.from({ length: MAX_CLIENTS }, () => agent.connect()));
  expect(await agent.refused({})).toEqual({
    status: 503,
    body: `${MAX_CLIENTS} pages are connected already: close one.\n`,
  });
});

test('the cost is watched from the first page that looks until the last one ceases to or goes', async () => {
  const told: boolean[] = [];
  const agent = await AgentUnderTest.start({ onCost: (watched) => told.push(watched) });
  const [first, second] = [await agent.connect(), await agent.connect()];
  first.send({ type: 'cost', watch: true });
  first.send({ type: 'cost', watch: true });
  await until(() => told.length === 1);
  second.send({ type: 'cost', watch: true });
  second.send({ type: 'cost', watch: false });
  second.send({ type: 'cost', watch: true });
  await answered(second);
  first.send({ type: 'cost', watch: false });
  await answered(first);
  expect(told).toEqual([true]);
  second.socket.terminate();
  await until(() => told.length === 2);
  expect(told).toEqual([true, false]);
});
