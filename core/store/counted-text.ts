/** What hooks counted without seeing a packet, in words. */
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import type { Counted } from './view.ts';

const REDIRECTED = HOOK_BY_NAME.get('xdp_redirect')!.id;
const FAILED = HOOK_BY_NAME.get('xdp_redirect_err')!.id;
const EXCEPTION = HOOK_BY_NAME.get('xdp_exception')!.id;

/** enum xdp_action of linux/bpf.h */
const ACTIONS = ['XDP_ABORTED', 'XDP_DROP', 'XDP_PASS', 'XDP_TX', 'XDP_REDIRECT'] as const;
/** Those that xdp_do_redirect(), devmap, cpumap and xskmap give (Linux 6.18). */
const ERRORS: ReadonlyMap<number, string> = new Map([
  [2, 'ENOENT'],
  [6, 'ENXIO'],
  [12, 'ENOMEM'],
  [16, 'EBUSY'],
  [19, 'ENODEV'],
  [22, 'EINVAL'],
  [28, 'ENOSPC'],
  [75, 'EOVERFLOW'],
  [90, 'EMSGSIZE'],
  [95, 'EOPNOTSUPP'],
  [100, 'ENETDOWN'],
  [105, 'ENOBUFS'],
]);

/** Behind a number or a list of them: these are not among the packets. */
export const COUNTED_ONLY = 'not seen as packets: the tracepoint has none';

/**
 * `redirected by to_devmap (id 12) to entry 0 of map 7`, `dropped: redirect by … failed, EINVAL`, `dropped: … returned
 * 17, which is no verdict`; to stand behind their number.
 */
export function countedText(hook: number, counted: Counted): string {
  const { program, programName, value } = counted;
  const by =
    program === 0
      ? 'programs or targets beyond those told apart'
      : `${programName} (id ${program})`.trimStart();
  switch (hook) {
    case REDIRECTED:
      return `redirected by ${by}${target(counted)}`;
    case FAILED:
      return program === 0
        ? `dropped: redirect by ${by} failed`
        : `dropped: redirect by ${by}${target(counted)} failed, ${ERRORS.get(value) ?? `error ${value}`}`;
    case EXCEPTION:
      return program === 0 ? `dropped: exception of ${by}` : `dropped: ${exception(by, value)}`;
    default:
      return `counted, of ${by}`;
  }
}

function target({ program, map, index }: Counted): string {
  if (program === 0) return '';
  return map === 0 ? ` to ifindex ${index}` : ` to entry ${index} of map ${map}`;
}

function exception(by: string, value: number): string {
  const action = ACTIONS[value];
  if (action === undefined) return `${by} returned ${value}, which is no verdict`;
  return value === 0 ? `${by} returned ${action}` : `${action} of ${by} failed`;
}

/** How many in all. */
export function countedSum(counted: readonly Counted[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}
