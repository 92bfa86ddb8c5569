/** What is run inside the virtual machine, as shell scripts: there is no Node in there. */
import { edgePrograms } from '../edge/lab.ts';
import { EDGE_DEVICE, edgeTopology } from '../edge/topology.ts';
import { IN_VM, IPROUTE2 } from './initramfs.ts';

export interface Job {
  readonly name: string;
  /** For busybox's sh, in a directory of its own; files left there come out. */
  readonly script: string;
  /** More that it needs: path in the machine → path here. Executables come with their libraries. */
  readonly files?: Readonly<Record<string, string>>;
}

const NETNS = 'whither-edge';
const CLIENT_NETNS = 'whither-client';
const LOADER_PIPE = '/tmp/loader';

/** A file that a job leaves is missing or empty unless the job got that far. */
export const DOCTOR_FILE = 'stdout';
export const EDGE_FILE = {
  capture: 'edge.pcapng',
  /** How many bytes of the capture are from before packets were clones. */
  clonesFrom: 'clones-from.txt',
  /** What whither-lab said: `ready`, the counts, the notes. */
  loader: 'loader.txt',
  /** What the probe said at its end. */
  probe: 'probe.txt',
  /** BPF programs and filters once the probe has ended, the lab still being there. */
  afterProbe: 'after-probe.txt',
  /** BPF programs, namespaces and processes once the lab is gone, too. */
  afterLab: 'after-lab.txt',
} as const;

export const PROBE_JOB: Job = { name: 'probe', script: `exec ${IN_VM.probe} --doctor\n` };

/** BTF of the kernel, and of a module, whose types are split from it. */
export const BTF_MODULE = 'veth';
export const BTF_JOB: Job = {
  name: 'btf',
  script: `cat /sys/kernel/btf/vmlinux >vmlinux && cat /sys/kernel/btf/${BTF_MODULE} >module\n`,
};

/** As in --hooks: what a kernel without trampolines has of its functions, and what stands around it. */
export const FUNCTION_HOOKS = ['tcp_rcv', 'udp_rcv', 'ip_finish_output2', 'dev_queue_xmit'] as const;
const AROUND_FUNCTIONS = ['netif_receive_skb', 'tcx', 'nf', 'skb_copy_datagram_iovec', 'net_dev_queue'];
const NO_FENTRY = 'export WHITHER_NO_FENTRY=1\n';

/** The doctor of the hooks that are functions, where fentry is refused. */
export const NO_FENTRY_DOCTOR: Job = {
  name: 'no-fentry-doctor',
  script: `${NO_FENTRY}exec ${IN_VM.probe} --doctor --hooks ${FUNCTION_HOOKS.join(',')}\n`,
};

/** `await FILE PID`, in the machine: until the process has put something into the file; fails when it ends instead. */
export const AWAIT = `await() {
	tries=0
	until [ -s "$1" ]; do
		tries=$((tries + 1))
		if [ $tries -ge 6000 ] || ! kill -0 "$2" 2>/dev/null; then
			echo "nothing came into $1" >&2
			cat *.txt >&2
			exit 1
		fi
		sleep 0.02
	done
}`;

export interface EdgeJobOptions {
  readonly seconds: number;
  /** Packets per second, roughly. */
  readonly rate: number;
  /** A filter expression for the probe; null = none. */
  readonly filter: string | null;
  /** The only hooks; default all. */
  readonly hooks?: readonly string[];
  /** Of the job; default `edge`. */
  readonly name?: string;
  /** Run before the probe starts. */
  readonly prepare?: string;
  /**
   * Traffic for as long again, under the same probe, where every packet is a clone when the tcx program writes to it:
   * the kernel gives the packet a head of its own first (pskb_expand_head), which up to Linux 6.18 clears metadata. From
   * 6.6 on the program runs in the tcx chain, before any filter, and nothing is lost. Default 0.
   */
  readonly cloneSeconds?: number;
}

/** What agent/lab/edge does, with the same network, programs and traffic: `EdgeLab` and `record` as a script. */
export function edgeJob({
  seconds,
  rate,
  filter,
  hooks = [],
  name = 'edge',
  prepare = '',
  cloneSeconds = 0,
}: EdgeJobOptions): Job {
  const network = edgeTopology(NETNS, CLIENT_NETNS).map((args) => `${IPROUTE2.ip} ${args.join(' ')}`);
  const script = `
set -eu
${AWAIT}
${network.join('\n')}

rm -f ${LOADER_PIPE} /tmp/server
mkfifo ${LOADER_PIPE}
${IN_VM.loader} attach ${NETNS} ${IN_VM.programs} ${edgePrograms(EDGE_DEVICE).join(' ')} <${LOADER_PIPE} >${EDGE_FILE.loader} &
loader=$!
exec 3>${LOADER_PIPE}
await ${EDGE_FILE.loader} $loader

${prepare}

# The probe writes the head of the file once it is attached.
${IN_VM.probe} -i ${EDGE_DEVICE} --netns ${NETNS} --schema ${IN_VM.schema} ${filter === null ? '' : `-f '${filter}'`} ${hooks.length === 0 ? '' : `--hooks ${hooks.join(',')}`} -w ${EDGE_FILE.capture} 2>${EDGE_FILE.probe} &
probe=$!
await ${EDGE_FILE.capture} $probe
${IN_VM.traffic} serve ${NETNS} >/tmp/server &
server=$!
await /tmp/server $server
${IN_VM.traffic} ask ${CLIENT_NETNS} ${rate} &
client=$!
sleep ${seconds}
kill $client
wait $client || true
sleep 0.3
${cloneSeconds === 0 ? '' : clones(rate, cloneSeconds)}
kill $server
wait $server || true
sleep 0.3
kill -INT $probe
wait $probe

{
	${IN_VM.loader} programs
	${IPROUTE2.tc} -n ${NETNS} filter show dev ${EDGE_DEVICE} ingress
	${IPROUTE2.tc} -n ${NETNS} filter show dev ${EDGE_DEVICE} egress
} >${EDGE_FILE.afterProbe}

echo counts >&3
echo notes >&3
exec 3>&-
wait $loader
${IPROUTE2.ip} netns del ${CLIENT_NETNS}
${IPROUTE2.ip} netns del ${NETNS}
# The kernel takes devices of a namespace down some time after it is gone.
tries=0
while [ -n "$(${IN_VM.loader} programs)" ] && [ $tries -lt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
{
	${IN_VM.loader} programs
	${IPROUTE2.ip} netns list
	ps -o comm | grep '^whither' || true
} >${EDGE_FILE.afterLab}
`;
  return { name, script };
}

/** A filter in front of the tcx program's mirrors every packet to another device, on whose far end it waits. */
const MIRROR = `
${IPROUTE2.ip} -n ${NETNS} link add sink type veth peer name drain
${IPROUTE2.ip} -n ${NETNS} link set sink up
${IPROUTE2.ip} -n ${NETNS} link set drain up
${IPROUTE2.tc} -n ${NETNS} qdisc add dev ${EDGE_DEVICE} clsact 2>/dev/null || true
${IPROUTE2.tc} -n ${NETNS} filter add dev ${EDGE_DEVICE} ingress pref 2 matchall action mirred egress mirror dev sink continue
`;

/** One probe for both: without KVM the verifier takes longer over its programs than all the rest of a job. */
function clones(rate: number, seconds: number): string {
  return `
# All of the traffic so far is in the file when it does not grow any more.
size=
until [ "$(wc -c <${EDGE_FILE.capture})" = "$size" ]; do
	size=$(wc -c <${EDGE_FILE.capture})
	sleep 0.5
done
echo "$size" >${EDGE_FILE.clonesFrom}
${MIRROR}
${IN_VM.traffic} ask ${CLIENT_NETNS} ${rate} &
client=$!
sleep ${seconds}
kill $client
wait $client || true
`;
}

/** The edge where fentry is refused, with the hooks that are functions of the kernel. */
export function noFentryJob(options: EdgeJobOptions): Job {
  const hooks = [...FUNCTION_HOOKS, ...AROUND_FUNCTIONS, 'consume_skb', 'kfree_skb'];
  return edgeJob({ ...options, name: 'no-fentry', prepare: NO_FENTRY, hooks });
}
