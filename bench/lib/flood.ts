/**
 * One namespace in which UDP crosses a veth pair and ends: both ends are here, so that one probe sees the whole way. What
 * receives never reads, so that each packet runs to its end, dropped for want of room, on the sender's CPU and in its time.
 *
 *     socket ─ a0 ══ b0 ─ socket, full
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, runCommand } from '../../agent/lab/processes.ts';
import { labFiles, sendProgram } from '../../agent/lab/root.ts';

export const FLOOD_DEVICES = ['a0', 'b0'] as const;
/** What every packet passes, where it is attached, by the names of a capture's interfaces. */
export const FLOOD_HOOKS: readonly string[] = [
  ...['nf/local_out', 'nf/postrouting', 'cgroup_skb/egress', 'tcx/egress@first', 'tcx/egress@last'],
  ...['net_dev_queue', 'net_dev_start_xmit'],
]
  .map((hook) => `${FLOOD_DEVICES[0]}:${hook}`)
  .concat(
    [
      ...['netif_rx', 'netif_receive_skb', 'tcx/ingress@first', 'tcx/ingress@last', 'nf/prerouting'],
      ...['nf/local_in', 'cgroup_skb/ingress', 'kfree_skb'],
    ].map((hook) => `${FLOOD_DEVICES[1]}:${hook}`),
  );
const FROM = '10.76.0.1';
/** Across the pair, although it is here, too: what b0 receives is looked up in a table of its own. */
const TO = '10.76.1.1';
const PORT = '7600';
const TABLE = '100';
const MAC = '02:00:00:00:76:0b';
/** With the headers 128 bytes, what is captured of a packet by default. */
const DATAGRAM_BYTES = 86;
/** More than a socket takes in that nobody reads from. */
const FILLING_PACKETS = 10_000;
/** CPU of the sender, and of who captures. */
const SENDER_CPU = '1';
const READER_CPU = '0';
/** For packets and RCU grace periods that are under way. */
const SETTLE_MS = 50;

function topology(netns: string): string[][] {
  const ip = (...args: string[]): string[] => ['ip', '-n', netns, ...args];
  const [near, far] = FLOOD_DEVICES;
  const sysctl = ['ip', 'netns', 'exec', netns, 'sysctl', '-qw'];
  return [
    ['ip', 'netns', 'add', netns],
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'address', MAC),
    [...sysctl, 'net.ipv4.conf.all.rp_filter=0', `net.ipv4.conf.${far}.rp_filter=0`],
    [...sysctl, `net.ipv4.conf.${far}.accept_local=1`],
    ...[near, far].map((device) => ip('link', 'set', device, 'addrgenmode', 'none')),
    ...['lo', near, far].map((device) => ip('link', 'set', device, 'up')),
    ip('addr', 'add', `${FROM}/32`, 'dev', near),
    ip('route', 'add', TO, 'dev', near, 'src', FROM),
    ip('neigh', 'add', TO, 'lladdr', MAC, 'dev', near, 'nud', 'permanent'),
    ip('route', 'add', 'local', TO, 'dev', far, 'table', TABLE),
    ip('rule', 'add', 'iif', far, 'lookup', TABLE),
  ];
}

/** What sending took, a packet. */
export interface Sent {
  readonly wallNs: number;
  /** CPU time of the sender, which everything up to the packet's end is part of. */
  readonly cpuNs: number;
}

export class FloodLab {
  readonly netns = `whither-flood-${process.pid}`;
  readonly #guard: Child;
  #sink: Child | null = null;
  #capturing: Child | null = null;

  private constructor() {
    this.#guard = new Child(labFiles().loader, ['guard', this.netns], { detached: true });
  }

  static async start(): Promise<FloodLab> {
    const lab = new FloodLab();
    try {
      for (const [command, ...args] of topology(lab.netns)) await runCommand(command!, args);
      lab.#sink = new Child(sendProgram(), ['sink', lab.netns, PORT]);
      await lab.#sink.line();
      lab.#sink.process.kill('SIGSTOP');
      await lab.send(FILLING_PACKETS);
      return lab;
    } catch (thrown) {
      await lab.stop();
      throw thrown;
    }
  }

  /** Starts who captures, on the CPU that does not send. The caller ends it; it dies with this process. */
  capture(command: string, args: readonly string[]): Child {
    const child = new Child('setpriv', [
      '--pdeathsig',
      'TERM',
      'taskset',
      '-c',
      READER_CPU,
      command,
      ...args,
    ]);
    this.#capturing = child;
    return child;
  }

  async send(packets: number): Promise<Sent> {
    const { netns } = this;
    const flood = [sendProgram(), 'udp', netns, TO, PORT, String(packets), '0', String(DATAGRAM_BYTES)];
    const said = await runCommand('taskset', ['-c', SENDER_CPU, ...flood]);
    await sleep(SETTLE_MS);
    const [wall, cpu] = said.split(' ').map(Number);
    return { wallNs: wall! / packets, cpuNs: cpu! / packets };
  }

  /** Packets that the far end has received, as the device counts them. */
  async received(): Promise<number> {
    const text = await runCommand('ip', ['-n', this.netns, '-s', '-j', 'link', 'show', FLOOD_DEVICES[1]]);
    const [link] = JSON.parse(text) as { stats64: { rx: { packets: number } } }[];
    return link!.stats64.rx.packets;
  }

  async stop(): Promise<void> {
    await this.#capturing?.end('SIGTERM');
    await this.#sink?.end('SIGKILL');
    await this.#guard.finish();
  }
}
