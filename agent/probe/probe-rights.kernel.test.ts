/** What the probe may do, what it says of hooks that it cannot have, and of what is not there. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { startProbe } from '../lab/edge/record.ts';
import { statusOf } from '../lab/testing/host-state.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';
import { BETWEEN, NO_PACKET, TRACED } from './testing/expected-hooks.ts';
import { probeFixture } from './testing/probe-fixture.ts';

const skip = requireKernel();
/** CAP_NET_ADMIN is 12, CAP_PERFMON 38, CAP_BPF 39. */
const THREE_CAPABILITIES = (2n ** 12n + 2n ** 38n + 2n ** 39n).toString(16).padStart(16, '0');
const NO_CAPABILITY = '0'.repeat(16);
const NOBODY = '65534';

interface DoctorHook {
  readonly name: string;
  readonly attached: boolean;
  readonly how: string;
  readonly reason: string;
}

describe.skipIf(skip !== null)(`whither-probe${skip === null ? '' : ` (${skip})`}`, () => {
  const fixture = probeFixture();
  const { directory, file, run } = fixture;

  describe('privileges', () => {
    it('keeps exactly CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, also out of the bounding set', async () => {
      const probe = await startProbe(fixture.lab, file);
      const pid = probe.process.pid!;
      expect(statusOf(pid, 'CapEff')).toBe(THREE_CAPABILITIES);
      expect(statusOf(pid, 'CapPrm')).toBe(THREE_CAPABILITIES);
      expect(statusOf(pid, 'CapBnd')).toBe(THREE_CAPABILITIES);
      expect(statusOf(pid, 'CapInh')).toBe(NO_CAPABILITY);
      expect(statusOf(pid, 'CapAmb')).toBe(NO_CAPABILITY);
      expect(statusOf(pid, 'NoNewPrivs')).toBe('1');
      await probe.end();
    });

    /** `--doctor` as an ordinary user with these capabilities and no other. */
    function doctorWith(...capabilities: string[]): { hooks: DoctorHook[]; missing: string[] } {
      const copy = path.join(directory, 'whither-probe');
      copyFileSync(fixture.lab.files.probe, copy);
      chmodSync(copy, 0o755);
      const set = capabilities.map((name) => `+${name}`).join(',');
      const caps = set === '' ? [] : ['--inh-caps', set, '--ambient-caps', set];
      const as = ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', ...caps];
      const { stdout, status } = spawnSync('setpriv', [...as, copy, '--doctor'], { encoding: 'utf8' });
      expect(status).toBe(0);
      const report = JSON.parse(stdout) as {
        hooks: DoctorHook[];
        privileges: { uid: number; missing: string[] };
      };
      expect(report.privileges.uid).toBe(Number(NOBODY));
      return { hooks: report.hooks, missing: report.privileges.missing };
    }

    it('works as an ordinary user with only these three', () => {
      const { hooks, missing } = doctorWith('bpf', 'perfmon', 'net_admin');
      expect(missing).toEqual([]);
      const not = hooks.filter(({ attached }) => !attached).map(({ name }) => name);
      expect(not).toEqual([...NO_PACKET, ...BETWEEN, ...TRACED]);
    });

    it('does without the hooks that it may not have, and says why', () => {
      const { hooks, missing } = doctorWith('bpf', 'perfmon');
      expect(missing).toEqual(['CAP_NET_ADMIN']);
      for (const { name, attached, how, reason } of hooks) {
        if ([...NO_PACKET, ...BETWEEN, ...TRACED].includes(name)) continue;
        if (/^(tcx|nf|cgroup_skb)\//.test(name)) {
          expect([name, attached, how]).toEqual([name, false, '']);
          expect(reason).toContain('CAP_NET_ADMIN');
        } else expect([name, attached, how, reason]).toEqual([name, true, 'tp_btf', '']);
      }
    });

    it('says of every hook why it is missing when there is no privilege', () => {
      const { hooks, missing } = doctorWith();
      expect(missing).toEqual(['CAP_BPF', 'CAP_PERFMON', 'CAP_NET_ADMIN']);
      for (const { name, attached, how, reason } of hooks) {
        expect([attached, how]).toEqual([false, '']);
        if (!NO_PACKET.includes(name) && !name.startsWith('tap/')) expect(reason).toContain('CAP_BPF');
      }
    });
  });

  it('reports every hook in the best way that the catalogue has, or why it is not there', () => {
    const { stdout } = run('--doctor');
    const { hooks } = JSON.parse(stdout) as { hooks: DoctorHook[] };
    const absent = [...BETWEEN, ...TRACED];
    const best = HOOKS.map(({ name, how }) => [name, absent.includes(name) ? '' : (how[0] ?? '')]);
    expect(hooks.map(({ name, how }) => [name, how])).toEqual(best);
    for (const { name, attached, reason } of hooks) {
      expect([name, reason === '']).toEqual([name, attached]);
    }
    for (const { name, reason } of hooks) {
      // Where trampolines are allowed, nothing is on the loopback device.
      if (/@f(entry|exit)$/.test(name) && reason !== '')
        expect(reason).toMatch(/^fentry and fexit are refused: .+|^no .+ was on a watched device at start$/);
    }
  });

  describe('asked for what is not there', () => {
    it.each([
      [['-i', 'nosuch0'], 1, 'whither-probe: no device nosuch0 in this network namespace'],
      [['-i', 'lo', '--netns', 'nosuch'], 1, 'whither-probe: no network namespace nosuch'],
      [['-i', 'lo', '--snaplen', '5000'], 2, 'whither-probe: --snaplen must be a number from 0 to 4096'],
      [['-i', 'lo', '--ring-bytes', '5000'], 2, 'whither-probe: --ring-bytes must be a power of two'],
      [['-i', 'lo', '-i', 'lo'], 1, 'whither-probe: lo: named twice'],
      [['-i', 'lo', '--hooks', 'tcx,nosuch'], 2, "whither-probe: there is no hook 'nosuch'"],
      [['-i', 'lo', '--schema', '/nosuch'], 1, 'whither-probe: cannot read the schema /nosuch'],
      [[], 2, 'whither-probe: which device? Name it with -i DEV'],
      [['eth0'], 2, "whither-probe: what is 'eth0'? Devices are named with -i"],
    ])('%j ends with %i and one line', (args, code, message) => {
      const { status, stderr, stdout } = run(...args);
      expect(status).toBe(code);
      expect(stderr.startsWith(message)).toBe(true);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stdout).toBe('');
    });
  });
});
