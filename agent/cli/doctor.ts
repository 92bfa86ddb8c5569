/** `whither doctor`: every hook, whether it works on this host, and why not where it does not. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { COUNTING_HOOKS, HOOKS } from '#core/format/hooks.ts';
import { codeOf } from '../failure.ts';
import type { Paths } from './paths.ts';

const BTF = '/sys/kernel/btf/vmlinux';
const PROBE_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** What `whither-probe --doctor` prints. */
const probeAnswer = v.object({
  kernel: v.string(),
  hooks: v.array(
    v.object({
      id: v.number(),
      name: v.string(),
      attached: v.boolean(),
      how: v.string(),
      reason: v.string(),
    }),
  ),
  privileges: v.object({ uid: v.number(), missing: v.array(v.string()) }),
});
type ProbeAnswer = v.InferOutput<typeof probeAnswer>;

export interface HookReport {
  readonly name: string;
  readonly available: boolean;
  /** How it is attached, or why it is not. */
  readonly text: string;
}

export interface DoctorReport {
  /** Live capture works, with at least one hook. */
  readonly ok: boolean;
  readonly kernel: string;
  /** What stands in the way of live capture as a whole: cause and remedy, one line each. */
  readonly missing: readonly string[];
  readonly hooks: readonly HookReport[];
  /** There was a probe that could be asked. */
  readonly tried: boolean;
}

export async function doctor({ probe }: Paths): Promise<DoctorReport> {
  const missing: string[] = [];
  if (process.platform !== 'linux') missing.push('This is not Linux: live capture works on Linux only.');
  else {
    if (!existsSync(BTF)) missing.push('The kernel has no BTF: use one built with CONFIG_DEBUG_INFO_BTF=y.');
    if (!existsSync(probe)) missing.push('The probe is not built: run npm run build.');
    if (process.getuid?.() !== 0) {
      missing.push(
        'This is not root: run as root, or give the probe its privilege with ' +
          'setcap cap_bpf,cap_perfmon,cap_net_admin+ep build/whither-probe.',
      );
    }
  }
  const answer =
    existsSync(probe) && process.platform === 'linux' ? await askProbe(probe) : 'there is no probe';
  if (typeof answer === 'string') {
    if (missing.length === 0) missing.push(`The probe could not say: ${answer}.`);
    const hooks = HOOKS.map(({ name }) => ({ name, available: false, text: 'not tried' }));
    return { ok: false, kernel: '', missing, hooks, tried: false };
  }
  const hooks = HOOKS.map(({ id, name }) =>
    reportOf(
      name,
      answer.hooks.find((hook) => hook.id === id),
    ),
  );
  const lacking = answer.privileges.missing;
  if (lacking.length > 0) missing.push(`The probe lacks ${lacking.join(', ')}: run as root.`);
  return {
    ok: hooks.some((hook) => hook.available),
    kernel: answer.kernel,
    missing,
    hooks,
    tried: true,
  };
}

function reportOf(name: string, answer: ProbeAnswer['hooks'][number] | undefined): HookReport {
  if (!answer) return { name, available: false, text: 'this probe does not know it: run npm run build' };
  if (!answer.attached) return { name, available: false, text: answer.reason };
  const counts = COUNTING_HOOKS.some((hook) => hook.name === name);
  const text = counts ? `${answer.how}, counts only: the tracepoint has no packet` : answer.how;
  return { name, available: true, text };
}

export function printReport({ kernel, missing, hooks, tried }: DoctorReport): string {
  if (!tried) return [...missing, `Until then, none of the ${hooks.length} hooks can be tried.`].join('\n');
  const shown = hooks.some((hook) => hook.available) ? hooks : byReason(hooks);
  const width = Math.max(...shown.map((hook) => hook.name.length));
  const lines = shown.map(
    ({ name, available, text }) => `${available ? 'yes' : 'no '}  ${name.padEnd(width)}  ${text}`,
  );
  if (kernel !== '') lines.unshift(`Kernel ${kernel}`);
  return [...lines, ...missing].join('\n');
}

/** Where no hook works, mostly one thing is missing: it is said once. */
function byReason(hooks: readonly HookReport[]): HookReport[] {
  return [...new Set(hooks.map((hook) => hook.text))].map((text) => {
    const those = hooks.filter((hook) => hook.text === text);
    const name = those.length === 1 ? those[0]!.name : `${those.length} hooks`;
    return { name, available: false, text };
  });
}

/** A string says why there is no answer. */
function askProbe(probe: string): Promise<ProbeAnswer | string> {
  return new Promise((resolve) => {
    const options = { timeout: PROBE_TIMEOUT_MS, maxBuffer: MAX_ANSWER_BYTES };
    execFile(probe, ['--doctor'], options, (error, stdout, stderr) => {
      if (error) {
        resolve(stderr.trim().split('\n').at(-1) || `it failed (${codeOf(error) || String(error.code)})`);
        return;
      }
      try {
        resolve(v.parse(probeAnswer, JSON.parse(stdout)));
      } catch {
        resolve('its answer is not understood; run npm run build');
      }
    });
  });
}
