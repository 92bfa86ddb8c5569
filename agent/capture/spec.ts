/** What a capture is asked for, checked: it becomes arguments of a privileged process. */
import * as v from 'valibot';
import { Failure } from '../failure.ts';

/** IFNAMSIZ without its NUL. */
const MAX_DEVICE_CHARS = 15;
const MAX_DEVICES = 64;
const MAX_NETNS_CHARS = 255;
export const MAX_SNAPLEN_BYTES = 65_535;

const device = v.pipe(
  v.string(),
  v.check(
    // As dev_valid_name() of net/core/dev.c has it; a leading dash would be read as an option.
    (name) =>
      /^[^\s/:\0-][^\s/:\0]*$/.test(name) && name.length <= MAX_DEVICE_CHARS && name !== '.' && name !== '..',
    'is no name of a network interface',
  ),
);

const spec = v.object({
  devices: v.pipe(v.array(device), v.minLength(1), v.maxLength(MAX_DEVICES)),
  netns: v.nullable(
    v.pipe(
      v.string(),
      v.check(
        (name) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) && name.length <= MAX_NETNS_CHARS,
        'is no name of a network namespace',
      ),
    ),
  ),
  snaplen: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_SNAPLEN_BYTES))),
});

/** `snaplen` in bytes; null = the probe's own default. `netns` null = the one we are in. */
export type CaptureSpec = v.InferOutput<typeof spec>;

/** Failure when something in it must not reach the probe. */
export function checkSpec(value: unknown): CaptureSpec {
  const result = v.safeParse(spec, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'capture';
  const what = issue.type === 'check' ? issue.message : 'is out of range';
  throw new Failure(
    `${JSON.stringify(issue.input)} ${what} (${where})`,
    'see ip link, ip netns and whither --help',
  );
}

/** Arguments of `whither-probe`. */
export function probeArguments(checked: CaptureSpec): string[] {
  return [
    ...checked.devices.flatMap((name) => ['-i', name]),
    ...(checked.netns === null ? [] : ['--netns', checked.netns]),
    ...(checked.snaplen === null ? [] : ['--snaplen', String(checked.snaplen)]),
    // Its output is a socket, from which it could not tell that we are gone until it writes.
    '--die-with-parent',
    // Its standard input is a pipe from which it takes orders.
    '--control',
    '-w',
    '-',
  ];
}

/** `eth0, eth1 in netns edge` */
export function describeSpec(checked: CaptureSpec): string {
  return checked.devices.join(', ') + (checked.netns === null ? '' : ` in netns ${checked.netns}`);
}
