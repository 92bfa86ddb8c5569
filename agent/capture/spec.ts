/** What a capture is asked for, checked: it becomes arguments of a privileged process. */
import * as v from 'valibot';
import { Failure } from '../failure.ts';

/** IFNAMSIZ without its NUL. */
const MAX_DEVICE_CHARS = 15;
const MAX_DEVICES = 64;
const MAX_NETNS_CHARS = 255;
export const MAX_SNAPLEN_BYTES = 65_535;

const MAX_EXPRESSION_CHARS = 4096;
const MAX_HOOKS_CHARS = 1024;
/** A number of 32 bits as C writes it. */
const WORD = '(?:0x[0-9a-fA-F]{1,8}|[0-9]{1,10})';
/** Of agent/probe/args.h: SAMPLE_MAX, RATE_MAX. */
const MAX_COUNT = 1_000_000_000;
/** WH_TLVS_MAX of agent/probe/record.h. */
const MAX_TLVS = 8;
const MAX_MAPS = 16;
const MAX_MAP_CHARS = 255;
export const MIN_MAP_INTERVAL_MS = 10;
export const MAX_MAP_INTERVAL_MS = 3_600_000;

const HELP = 'see ip link, ip netns and whither --help';
/** By what is not met. */
const REMEDIES = new Map<unknown, string>();

/** `cause` follows the value that is refused. */
function check<T>(requirement: (value: T) => boolean, cause: string, remedy = HELP) {
  REMEDIES.set(requirement, remedy);
  return v.check(requirement, cause);
}

const device = v.pipe(
  v.string(),
  check(
    // As dev_valid_name() of net/core/dev.c has it; a leading dash would be read as an option.
    (name) =>
      /^[^\s/:\0-][^\s/:\0]*$/.test(name) && name.length <= MAX_DEVICE_CHARS && name !== '.' && name !== '..',
    'is no name of a network interface',
  ),
);

/** A whole number. */
function between(least: number, most: number) {
  return v.pipe(
    v.number(),
    check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      'is out of range',
      `give a whole number from ${least} to ${most}`,
    ),
  );
}

const spec = v.object({
  devices: v.pipe(
    v.array(device),
    v.minLength(1),
    v.maxLength(MAX_DEVICES),
    check(
      (names: string[]) => new Set(names).size === names.length,
      'names an interface twice',
      'give each once',
    ),
  ),
  netns: v.nullable(
    v.pipe(
      v.string(),
      check(
        (name) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) && name.length <= MAX_NETNS_CHARS,
        'is no name of a network namespace',
      ),
    ),
  ),
  snaplen: v.nullable(between(0, MAX_SNAPLEN_BYTES)),
  maps: v.exactOptional(
    v.pipe(
      v.array(
        v.pipe(
          v.string(),
          check(
            // An id, a name as bpf_obj_name_cpy() lets it be, or a path in a BPF file system.
            (map) => /^(?:[A-Za-z0-9_.]+|\/[^\0\n]+)$/.test(map) && map.length <= MAX_MAP_CHARS,
            'is no BPF map',
            'give its id, its name, or the path it is pinned at',
          ),
        ),
      ),
      v.maxLength(MAX_MAPS),
    ),
  ),
  filter: v.exactOptional(
    v.pipe(
      v.string(),
      check(
        (text) => !text.includes('\0') && text.length <= MAX_EXPRESSION_CHARS,
        'is too long for a filter',
      ),
    ),
  ),
  /** Names of hooks, or what several begin with; the probe knows which there are. */
  hooks: v.exactOptional(
    v.pipe(
      v.string(),
      check(
        (text) => /^[a-z0-9_@/]+(?:,[a-z0-9_@/]+)*$/.test(text) && text.length <= MAX_HOOKS_CHARS,
        'is no list of hooks',
        'give names with commas between, as in tcx,nf/forward',
      ),
    ),
  ),
  mark: v.exactOptional(
    v.pipe(
      v.string(),
      check(
        (text) => new RegExp(`^${WORD}(?:/${WORD})?$`).test(text),
        'is no mark',
        'give VALUE or VALUE/MASK, as in 0x10/0xff',
      ),
    ),
  ),
  hasMetadata: v.exactOptional(v.boolean()),
  /** As agent/cli/tlv.ts makes it of a schema. */
  tlv: v.exactOptional(
    v.object({
      framing: v.pipe(v.string(), v.regex(/^[a-z]+=[a-z0-9]+(?:,[a-z]+=[a-z0-9]+)*$/)),
      wanted: v.pipe(
        v.array(v.pipe(v.string(), v.regex(/^[0-9]{1,10}(?:=0x[0-9a-f]{1,16},(?:little|big))?$/))),
        v.minLength(1),
        v.maxLength(MAX_TLVS),
      ),
    }),
  ),
  sample: v.exactOptional(between(1, MAX_COUNT)),
  rate: v.exactOptional(between(1, MAX_COUNT)),
  mapIntervalMs: v.exactOptional(between(MIN_MAP_INTERVAL_MS, MAX_MAP_INTERVAL_MS)),
});

/** `snaplen` in bytes; null or absent = the probe's own default. `netns` null = the one we are in. */
export type CaptureSpec = v.InferOutput<typeof spec>;

/** Failure when something in it must not reach the probe. */
export function checkSpec(value: unknown): CaptureSpec {
  const result = v.safeParse(spec, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'capture';
  const cause = issue.type === 'check' ? issue.message : 'is out of range';
  const remedy = REMEDIES.get(issue.requirement) ?? HELP;
  throw new Failure(`${JSON.stringify(issue.input)} ${cause} (${where})`, remedy);
}

/** Arguments of `whither-probe`. */
export function probeArguments(checked: CaptureSpec): string[] {
  return [
    ...checked.devices.flatMap((name) => ['-i', name]),
    ...(checked.netns === null ? [] : ['--netns', checked.netns]),
    ...(checked.snaplen === null ? [] : ['--snaplen', String(checked.snaplen)]),
    ...(checked.filter === undefined ? [] : ['-f', checked.filter]),
    ...(checked.hooks === undefined ? [] : ['--hooks', checked.hooks]),
    ...(checked.mark === undefined ? [] : ['--mark', checked.mark]),
    ...(checked.hasMetadata === true ? ['--has-metadata'] : []),
    ...(checked.tlv === undefined ? [] : ['--tlv-framing', checked.tlv.framing]),
    ...(checked.tlv?.wanted ?? []).flatMap((tlv) => ['--tlv', tlv]),
    ...(checked.sample === undefined ? [] : ['--sample', String(checked.sample)]),
    ...(checked.rate === undefined ? [] : ['--rate', String(checked.rate)]),
    ...(checked.maps ?? []).flatMap((map) => ['--map', map]),
    ...(checked.mapIntervalMs === undefined ? [] : ['--map-interval', String(checked.mapIntervalMs)]),
    // Its output is a socket, from which it could not tell that we are gone until it writes.
    '--die-with-parent',
    // Its standard input is a pipe from which it takes orders.
    '--control',
    '-w',
    '-',
  ];
}

/** As agent/probe/devices.c says it; a kernel test asks the real probe. */
const NO_DEVICE = /no device (\S+) in this network namespace/i;

/** The device that the probe did not find, by what it said; null when that was not it, or would leave nothing. */
export function missingDevice({ devices }: CaptureSpec, said: string): string | null {
  const name = NO_DEVICE.exec(said)?.[1];
  return name !== undefined && devices.includes(name) && devices.length > 1 ? name : null;
}

/** `eth0, eth1 in netns edge` */
export function describeSpec(checked: CaptureSpec): string {
  return checked.devices.join(', ') + (checked.netns === null ? '' : ` in netns ${checked.netns}`);
}
