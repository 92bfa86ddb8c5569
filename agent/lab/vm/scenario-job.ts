/** A scenario as a script for the virtual machine: what scenario/run.ts does, in busybox's shell. */
import { attachArguments, MAP_INTERVAL_MS } from '../scenario/run.ts';
import type { Command, Scenario, Step } from '../scenario/types.ts';
import { scenarioObject, scenarioSchema } from '../root.ts';
import { IN_VM, IPROUTE2 } from './initramfs.ts';
import { AWAIT, type Job } from './jobs.ts';

/** What a scenario's job leaves. */
export const SCENARIO_FILE = {
  capture: 'capture.pcapng',
  /** What whither-lab said: `ready`, the truth, an empty line, the counters. */
  loader: 'loader.txt',
  probe: 'probe.txt',
  /** Only where the kernel lacks what is needed: how it said so. */
  notPossible: 'not-possible.txt',
  /** BPF programs, namespaces and processes once all is gone. */
  left: 'left.txt',
} as const;

/** File descriptors of pipes that hold programs up: 3 the loader, from here on those that run during the traffic. */
export const FIRST_PIPE = 4;
/** What one of those said. */
export const saidFile = (pipe: number): string => `during-${pipe}.txt`;
const LOADER_PIPE = '/tmp/loader';
const SETTLE_SECONDS = 0.3;

export const scenarioJobName = ({ name }: Scenario): string => `scenario-${name}`;

/**
 * The hooks that a scenario is judged by, as --hooks has them: without KVM the verifier takes seconds for all of them,
 * and each scenario starts a probe of its own.
 */
export function hooksOf({ expect, ratios, survival, maps }: Scenario): string[] {
  const quantities = (ratios ?? []).flatMap(({ of, to }) => [of, to]);
  const places = [
    ...expect.filter(({ traced }) => traced !== true).map(({ at }) => at),
    ...quantities.flatMap((one) => ('eventsAt' in one ? [one.eventsAt] : [])),
    ...quantities.flatMap((one) => ('withMetadataAt' in one ? [one.withMetadataAt] : [])),
    ...survival.flatMap((row) => ('at' in row ? [row.at] : [])),
  ];
  // With the ends of packets, without which the next one in the same memory would be taken for the same.
  const names = new Set(['napi_gro_receive_entry', 'tcx/ingress@first', 'consume_skb', 'kfree_skb']);
  // Who asks for maps asks where a TLV goes beside the area: taps tell, too.
  if (maps !== undefined) names.add('tap');
  for (const place of places) {
    const name = place.replace(/^[^:]*:/, '').replace(/:.*/, '');
    names.add(name);
    // What stands for it where there is no tcx.
    if (name.endsWith('@after'))
      for (const end of ['fentry', 'fexit']) names.add(name.replace(/^tcx(.*)after$/, `tc$1${end}`));
  }
  return [...names].sort();
}

export function scenarioJob(scenario: Scenario): Job {
  const { needs, network, programs, watch, roles, traffic, maps = [] } = scenario;
  const ns = Object.fromEntries(roles.map((role) => [role, `whither-${role}`]));
  const object = `/lab/${programs.object}.bpf.o`;
  const devices = watch.devices.map((device) => `-i ${device}`).join(' ');
  const schema = scenario.schema === undefined ? IN_VM.schema : `/lab/${scenario.schema}`;
  const sampled = maps.map((map) => `--map ${map} --map-interval ${MAP_INTERVAL_MS}`).join(' ');
  const hooks = `--hooks ${hooksOf(scenario).join(',')}`;
  const steps = traffic(ns);
  const during = steps.filter((step) => 'during' in step);
  const script = `
set -eu
${AWAIT}
# With the processes of this job their programs go, with the namespaces the devices.
leave() {
	code=$?
	kill $children 2>/dev/null || true
	wait
	${Object.values(ns)
    .map((name) => `${IPROUTE2.ip} netns del ${name}`)
    .join('\n\t')}
	tries=0
	while [ -n "$(${IN_VM.loader} programs)" ] && [ $tries -lt 30 ]; do
		tries=$((tries + 1))
		sleep 0.02
	done
	{
		${IN_VM.loader} programs
		${IPROUTE2.ip} netns list
		ps -o comm | grep '^whither' || true
	} >${SCENARIO_FILE.left}
	exit $code
}
trap leave EXIT
children=
${Object.values(ns)
  .map((name) => `${IPROUTE2.ip} netns add ${name}`)
  .join('\n')}
${(needs?.(ns) ?? []).map((command) => `${shell(command)} 2>needs.txt || { cp needs.txt ${SCENARIO_FILE.notPossible}; exit 0; }`).join('\n')}
${network(ns).map(shell).join('\n')}

rm -f ${LOADER_PIPE}
mkfifo ${LOADER_PIPE}
${shell([IN_VM.loader, ...attachArguments(programs, ns, object)])} <${LOADER_PIPE} >${SCENARIO_FILE.loader} 2>loader-errors.txt &
loader=$!
children=$loader
exec 3>${LOADER_PIPE}
await ${SCENARIO_FILE.loader} $loader
# The probe writes the head of the file once it is attached.
${IN_VM.probe} ${devices} --netns ${ns[watch.role]!} --schema ${schema} ${hooks} ${sampled} -w ${SCENARIO_FILE.capture} 2>${SCENARIO_FILE.probe} &
probe=$!
children="$children $probe"
await ${SCENARIO_FILE.capture} $probe
${stepLines(steps).join('\n')}
sleep ${SETTLE_SECONDS}
kill -INT $probe
wait $probe
# They were started with the loader's pipe open: it ends when they have.
${during.map((_, i) => `exec ${FIRST_PIPE + i}>&-`).join('\n')}
echo truth >&3
echo counters >&3
exec 3>&-
wait $loader
`;
  const files = {
    [object]: scenarioObject(programs.object),
    ...(scenario.schema !== undefined && { [schema]: scenarioSchema(scenario.schema) }),
  };
  return { name: scenarioJobName(scenario), script, files };
}

function stepLines(steps: readonly Step[]): string[] {
  let pipe = FIRST_PIPE;
  return steps.flatMap((step) => {
    if ('pauseMs' in step) return [`sleep ${step.pauseMs / 1000}`];
    if ('run' in step) return [shell(step.run)];
    if ('send' in step) return [shell([IN_VM.send, ...step.send])];
    const name = `/tmp/during-${pipe}`;
    return [
      `rm -f ${name}`,
      `mkfifo ${name}`,
      `${shell([IN_VM.send, ...step.during])} <${name} >${saidFile(pipe)} &`,
      `children="$children $!"`,
      `exec ${pipe}>${name}`,
      `await ${saidFile(pipe++)} $!`,
    ];
  });
}

function shell([command, ...args]: Command): string {
  const program = command === 'ip' || command === 'tc' ? IPROUTE2[command] : command!;
  return [program, ...args].map((word) => (/^[\w./:@=-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}
