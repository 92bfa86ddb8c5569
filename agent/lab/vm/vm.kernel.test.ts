import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { findRoot } from '../root.ts';
import { until } from '../testing/host-state.ts';
import { isAlive } from './alive.ts';
import { judgeDoctor, judgeEdge } from './evaluate.ts';
import type { Job } from './jobs.ts';
import { removeAbandoned, withVm } from './machine.ts';
import { runKernel, type KernelRun } from './report.ts';
import { requireVm } from './require-vm.ts';

/** The oldest kernel that Whither supports: no tcx (6.6), no area beyond 32 bytes (6.8), no dynptr (6.18). */
const VERSION = '6.1';
const kernel = requireVm(VERSION);
const skip = typeof kernel === 'string' ? kernel : null;
const TRACEPOINTS = ['netif_receive_skb', 'skb_copy_datagram_iovec', 'net_dev_queue', 'net_dev_start_xmit'];
const FREES = ['consume_skb', 'kfree_skb'];
/** Where there are no netfilter programs, functions stand in; nothing is forwarded here. */
const IP_HOOKS = ['nf/prerouting', 'nf/local_in', 'nf/local_out', 'nf/postrouting'];
const FUNCTION_HOOKS = ['tcp_rcv', 'udp_rcv', 'ip_finish_output2', 'dev_queue_xmit'];
const UDP_IN =
  'xdp@fentry xdp@fexit napi_gro_receive_entry netif_receive_skb tcx/ingress@first tc/ingress@fentry ' +
  'tc/ingress@fexit tcx/ingress@last nf/prerouting nf/local_in udp_rcv cgroup_skb/ingress';
const OUT =
  'nf/local_out nf/postrouting cgroup_skb/egress ip_finish_output2 dev_queue_xmit tcx/egress@first ' +
  'tcx/egress@last net_dev_queue net_dev_start_xmit';
const PROGRAM_HOPS = [
  'edge0:edge_xdp()@fentry',
  'edge0:edge_xdp()@fexit',
  'edge0:tc/ingress@fentry:edge_tcx',
  'edge0:tc/ingress@fexit:edge_tcx',
];
const TC = ['tcx/ingress@first', 'tcx/ingress@last', 'tcx/egress@first', 'tcx/egress@last'];
const FAILING: Job = { name: 'failing', script: 'echo to stdout; echo to stderr >&2; exit 7\n' };

describe.skipIf(skip !== null)(`Linux ${VERSION} in QEMU${skip === null ? '' : ` (${skip})`}`, () => {
  if (typeof kernel === 'string') return;
  let run: KernelRun;
  let failing: readonly string[];

  beforeAll(async () => {
    // With a filter in every program, by which everything passes: that is the most the verifier gets. Scenarios run without.
    run = await runKernel(kernel, {
      filter: 'udp or tcp or icmp or icmp6 or arp',
      more: {
        jobs: [FAILING],
        read: (directory) => {
          failing = ['stdout', 'stderr', 'exit'].map((name) =>
            readFileSync(path.join(directory, FAILING.name, name), 'utf8'),
          );
        },
      },
    });
  });

  const how = (name: string): string | undefined => run.doctor.hooks.find((hook) => hook.name === name)?.how;

  it('is that kernel, and nothing is wrong', () => {
    expect(run.report.kernel).toBe(kernel.release);
    expect(run.report.kernel).toMatch(/^6\.1\./);
    expect(run.report.wrong).toEqual([]);
  });

  it('has no tcx, and the probe takes clsact filters instead', () => {
    expect(TC.map(how)).toEqual(TC.map(() => 'clsact filter'));
    for (const name of TC) expect(run.report.eventsByHook[name]).toBeGreaterThan(20);
  });

  it('shows what each program wrote between its entry and its exit, as seen, with its name', () => {
    const names = new Set(run.edge.events.map((event) => event.interface.replace(/#\d+$/, '')));
    for (const name of PROGRAM_HOPS) expect(names).toContain(name);
    const stories = new Map<string, number>();
    for (const event of run.edge.events) {
      const { interface: name, state, cause, evidence, writer, tlvs, src, protocol } = event;
      if (!/@f(entry|exit)/.test(name) || src?.startsWith('10.71.0.1') !== true) continue;
      if (protocol === 'ARP') continue;
      const hop = name.replace(/#\d+$/, '');
      const by = writer?.replace(/#\d+ \(tag [0-9a-f]{16}\)/, '') ?? 'nobody';
      const known = evidence?.split(':')[0] ?? '';
      const story = [hop, state, cause, known, by, tlvs.map((tlv) => tlv.name).join('+')].join(' | ');
      stories.set(story, (stories.get(story) ?? 0) + 1);
    }
    expect([...stories.keys()].sort()).toEqual([
      'edge0:edge_xdp()@fentry | none |  |  | nobody | ',
      'edge0:edge_xdp()@fexit | written | xdpProgram | seen | edge_xdp at xdp of edge0 | trace_id+verdict+origin',
      'edge0:tc/ingress@fentry:edge_tcx | present |  |  | nobody | trace_id+verdict+origin',
      'edge0:tc/ingress@fexit:edge_tcx | written | tcProgram | seen | edge_tcx at tc/ingress of edge0 | trace_id+verdict+origin+tenant',
    ]);
    for (const count of stories.values()) expect(count).toBeGreaterThan(20);
  });

  it('is one journey from the frame that XDP had to the sk_buff and its end', () => {
    const ways = new Map<string, string[]>();
    for (const { journey, hook } of run.edge.events)
      ways.set(journey!, [...(ways.get(journey!) ?? []), hook]);
    const received = [...ways.values()].filter((way) => way.includes('netif_receive_skb'));
    expect(received.length).toBeGreaterThan(20);
    const start = ['xdp@fentry', 'xdp@fexit', 'napi_gro_receive_entry', 'netif_receive_skb'];
    for (const way of received) expect(way.slice(0, 4)).toEqual(start);
  });

  it('has seen pskb_expand_head clear the metadata of a clone that the tcx program writes to', () => {
    const lost = run.edge.clones.filter(({ state, src }) => state === 'lost' && src?.startsWith('10.71.0.1'));
    expect(lost.length).toBeGreaterThan(5);
    for (const { interface: name, cause, evidence, writer } of lost) {
      expect(name).toMatch(/^edge0:tc\/ingress@fexit:edge_tcx#\d+$/);
      expect(cause).toBe('expandHeadByProgram');
      expect(evidence).toMatch(
        /^seen: meta_len went from 28 to 0, skb->head changed; pskb_expand_head was seen in between: meta_len 28 before, 0 after, head another; /,
      );
      expect(writer).toMatch(/^edge_tcx#\d+ \(tag [0-9a-f]{16}\) at tc\/ingress of edge0$/);
    }
  });

  it('has every hook of the catalogue in the best way that Linux 6.1 has, or says why not', () => {
    const ways = (name: string): string => run.doctor.hooks.find((hook) => hook.name === name)!.how;
    const expected = new Map(HOOKS.map(({ name, how }) => [name, how[0] ?? '']));
    for (const name of TC) expected.set(name, 'clsact filter');
    for (const { name } of HOOKS) {
      if (name.startsWith('nf/')) expected.set(name, 'fentry');
      // The doctor looks at the loopback device, where nobody's programs are.
      if (/@(after|fentry|fexit)$|^tap\//.test(name)) expected.set(name, '');
    }
    expect(new Map(HOOKS.map(({ name }) => [name, ways(name)]))).toEqual(expected);
    for (const { name, attached, reason } of run.doctor.hooks)
      expect([name, reason === '']).toEqual([name, attached]);
  });

  it('follows packets through IP and L4 by functions of the kernel, both ways', () => {
    for (const name of [...IP_HOOKS, ...FUNCTION_HOOKS]) {
      expect([name, (run.report.eventsByHook[name] ?? 0) > 5]).toEqual([name, true]);
    }
    const ways = new Map<string, string[]>();
    for (const { journey, hook } of run.edge.events)
      ways.set(journey!, [...(ways.get(journey!) ?? []), hook]);
    const whole = [...ways.values()].map((way) => way.join(' '));
    expect(whole.filter((way) => way.startsWith(UDP_IN)).length).toBeGreaterThan(3);
    expect(whole.filter((way) => way.startsWith(OUT)).length).toBeGreaterThan(10);
  });

  it('has every BTF tracepoint, and packets pass each', () => {
    const names = [...TRACEPOINTS, ...FREES];
    expect(names.map(how)).toEqual(names.map(() => 'tp_btf'));
    for (const name of names) expect(run.report.eventsByHook[name]).toBeGreaterThan(5);
  });

  it('shows the TLVs of the XDP program at stack entry, and the tenant only once tc has run', () => {
    const types = (name: string): Set<string> =>
      new Set(
        run.edge.events
          .filter(({ hook, src }) => hook === name && src?.startsWith('10.71.0.1') === true)
          .filter(({ protocol }) => protocol !== 'ARP')
          .map(({ tlvs }) => tlvs.map((tlv) => tlv.name).join(' ')),
      );
    expect(types('netif_receive_skb')).toEqual(new Set(['trace_id verdict origin']));
    expect(types('tcx/ingress@last')).toEqual(new Set(['trace_id verdict origin tenant']));
  });

  it('leaves no program, filter, namespace or process in the machine', () => {
    expect(run.edge.afterProbe).toMatch(/^\d+ edge_xdp\n\d+ edge_tcx\n/);
    expect(run.edge.afterProbe).not.toContain('pref 1 ');
    expect(run.edge.afterLab).toBe('');
  });

  it('is judged by what the programs wrote: any other byte, TLV, loss or leftover is found', () => {
    const { edge, doctor } = run;
    const judge = (changed: Partial<typeof edge>): string =>
      judgeEdge({ ...edge, ...changed }, doctor).join('\n');
    const [trace, note] = [...edge.notes].find(([, { afterTcx }]) => afterTcx !== null)!;
    const flipped = note.afterXdp.replace(/..$/, 'ff');
    const at = edge.events.findIndex(({ hook }) => hook === 'netif_receive_skb');
    const event = edge.events[at]!;
    expect(judge({ notes: new Map(edge.notes).set(trace, { ...note, afterXdp: flipped }) })).toContain(
      `instead of ${flipped}`,
    );
    expect(judge({ events: edge.events.with(at, { ...event, tlvs: event.tlvs.slice(1) }) })).toContain(
      'TLVs ',
    );
    expect(judge({ events: edge.events.with(at, { ...event, meta_hex: '' }) })).toContain('no metadata');
    expect(judge({ events: edge.events.toSpliced(at + 20, edge.events.length) })).toContain('nothing passed');
    expect(judge({ events: edge.events.filter((_, i) => i !== secondReceived(edge.events)) })).toContain(
      'packets are missing',
    );
    expect(judge({ probe: '7 events written, 1 lost' })).toContain('the probe lost events');
    expect(judge({ afterProbe: `${edge.afterProbe}\n99 on_netif_receiv\n` })).toContain(
      'the probe left the program on_netif_receiv',
    );
    expect(judge({ afterLab: 'whither-edge\n' })).toContain('left when all was over: whither-edge');
    const hooks = doctor.hooks.map((hook) => ({ ...hook, attached: false, reason: '' }));
    expect(judgeDoctor({ ...doctor, hooks })).toHaveLength(doctor.hooks.length);
  });

  it('hands out what a failing job said, and removes its directory', () => {
    expect(failing).toEqual(['to stdout\n', 'to stderr\n', '7\n']);
    expect(directoriesOf(process.pid)).toEqual([]);
  });

  it('says what the console said when the machine does not come up', async () => {
    const job: Job = { name: 'panic', script: 'echo c >/proc/sysrq-trigger\n' };
    await expect(withVm(kernel, [job], () => undefined)).rejects.toThrow(/ended early:[^]*Kernel panic/);
    expect(directoriesOf(process.pid)).toEqual([]);
  });

  it('takes QEMU along when its process is killed, and the directory goes the next time', async () => {
    const job: Job = { name: 'waiting', script: 'sleep 600\n' };
    const code = `import { removeAbandoned, withVm } from './agent/lab/vm/machine.ts';
      await withVm(${JSON.stringify(kernel)}, [${JSON.stringify(job)}], () => undefined);`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
    const child = spawn(process.execPath, args, { cwd: findRoot(), stdio: 'ignore' });
    const pid = child.pid!;
    await until('QEMU runs', () => machinesOf(pid).length === 1);
    const [qemu] = machinesOf(pid);
    child.kill('SIGKILL');
    await until('QEMU is gone', () => !isAlive(qemu!));
    expect(directoriesOf(pid)).toHaveLength(1);
    removeAbandoned();
    expect(directoriesOf(pid)).toEqual([]);
  });

  it('takes QEMU along when it is told to end', async () => {
    const controller = new AbortController();
    const job: Job = { name: 'waiting', script: 'sleep 600\n' };
    const run = withVm(kernel, [job], () => undefined, controller.signal);
    await until('QEMU runs', () => machinesOf(process.pid).length === 1);
    const [qemu] = machinesOf(process.pid);
    controller.abort();
    await expect(run).rejects.toThrow('told to end');
    await until('QEMU is gone', () => !isAlive(qemu!));
    expect(directoriesOf(process.pid)).toEqual([]);
  });
});

function secondReceived(events: KernelRun['edge']['events']): number {
  const received = events.flatMap(({ hook }, i) => (hook === 'netif_receive_skb' ? [i] : []));
  return received[1]!;
}

function directoriesOf(pid: number): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`whither-vm-${pid}-`));
}

/** QEMU processes that run a machine of process `pid`. */
function machinesOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const args = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0');
        return args[0]?.includes('qemu') === true && args.some((arg) => arg.includes(`whither-vm-${pid}-`));
      } catch {
        return false; // it has ended meanwhile
      }
    })
    .map(Number);
}
