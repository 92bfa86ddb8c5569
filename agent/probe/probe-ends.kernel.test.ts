/** How the probe ends, and that it leaves nothing behind, killed or not. */
import { spawn, type ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startProbe } from '../lab/edge/record.ts';
import { Child } from '../lab/processes.ts';
import { isRunning, programsOf, tc, until, untilUnloaded } from '../lab/testing/host-state.ts';
import { readCapture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';
import { PROGRAM_COUNT } from './testing/expected-hooks.ts';
import { FLOOD, ONE_HOOK, probeFixture } from './testing/probe-fixture.ts';

const skip = requireKernel();

describe.skipIf(skip !== null)(`whither-probe${skip === null ? '' : ` (${skip})`}`, () => {
  const fixture = probeFixture();
  const { file, deviceArguments } = fixture;

  const spawned: ChildProcess[] = [];

  afterEach(() => {
    for (const child of spawned.splice(0)) child.kill('SIGKILL');
  });

  const qdiscs = (): string => tc(fixture.lab.netns, 'qdisc', 'show', 'dev', fixture.lab.device);
  const filters = (): string =>
    ['ingress', 'egress']
      .map((way) => tc(fixture.lab.netns, 'filter', 'show', 'dev', fixture.lab.device, way))
      .join('');

  describe('when it is killed', () => {
    it('leaves no program, link, filter or qdisc, attached by tcx links', async () => {
      const probe = await startProbe(fixture.lab, file);
      const programs = programsOf(probe.process.pid!);
      expect(programs).toHaveLength(PROGRAM_COUNT);
      probe.process.kill('SIGKILL');
      await probe.ended;
      await untilUnloaded(programs);
      expect(qdiscs()).not.toContain('clsact');
    });

    it('leaves no program, filter or qdisc, attached by clsact filters', async () => {
      const probe = await startProbe(fixture.lab, file, ['--no-tcx']);
      const programs = programsOf(probe.process.pid!);
      expect(programs).toHaveLength(PROGRAM_COUNT);
      expect(filters().match(/pref (1|65535) bpf .*direct-action/g)).toHaveLength(4);
      probe.process.kill('SIGKILL');
      await probe.ended;
      await untilUnloaded(programs);
      await until('its qdisc is gone', () => !qdiscs().includes('clsact'));
    });

    it("leaves somebody else's clsact qdisc and filter alone", async () => {
      tc(fixture.lab.netns, 'qdisc', 'add', 'dev', fixture.lab.device, 'clsact');
      // Classic BPF, one instruction: matches nothing.
      const matcher = ['bpf', 'bytecode', '1,6 0 0 0', 'flowid', '1:1'];
      tc(fixture.lab.netns, 'filter', 'add', 'dev', fixture.lab.device, 'ingress', 'prio', '7', ...matcher);
      const own = filters();
      const probe = await startProbe(fixture.lab, file, ['--no-tcx']);
      expect(filters()).not.toBe(own);
      const programs = programsOf(probe.process.pid!);
      probe.process.kill('SIGKILL');
      await untilUnloaded(programs);
      await until('its filters are gone', () => filters() === own);
      expect(qdiscs()).toContain('clsact');
      tc(fixture.lab.netns, 'qdisc', 'del', 'dev', fixture.lab.device, 'clsact');
    });
  });

  describe('ending', () => {
    it('ends with 0 when the reader of its pipe leaves, though no packet comes', async () => {
      const args = [...deviceArguments(), ...ONE_HOOK];
      const probe = spawn(fixture.lab.files.probe, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      spawned.push(probe);
      await new Promise((resolve) => probe.stdout.once('data', resolve));
      const ended = new Promise((resolve) => probe.once('exit', resolve));
      probe.stdout.destroy();
      expect(await ended).toBe(0);
    });

    it('ends when its parent is killed', async () => {
      const script = `"$@" & echo $!; wait`;
      const command = [fixture.lab.files.probe, ...deviceArguments(), '-w', file, '--die-with-parent'];
      const shell = new Child('sh', ['-c', script, 'sh', ...command]);
      spawned.push(shell.process);
      const pid = Number(await shell.line());
      await until('it is attached', () => programsOf(pid).length === PROGRAM_COUNT);
      await until('the file has begun', () => statSync(file).size > 0);
      const programs = programsOf(pid);
      shell.process.kill('SIGKILL');
      await until('the probe has ended', () => !isRunning(pid));
      await untilUnloaded(programs);
      expect(readCapture(file).problems).toEqual([]);
    });

    it('does not wait for ever for a reader that stands still', async () => {
      const probe = spawn(fixture.lab.files.probe, deviceArguments(), { stdio: ['ignore', 'pipe', 'pipe'] });
      spawned.push(probe);
      let said = '';
      probe.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await until('it is attached', () => programsOf(probe.pid!).length === PROGRAM_COUNT);
      // Nobody reads stdout: Node takes some, the pipe fills.
      probe.stdout.pause();
      await fixture.lab.flood(FLOOD);
      const ended = new Promise((resolve) => probe.once('exit', resolve));
      probe.kill('SIGTERM');
      expect(await ended).toBe(1);
      await until('it has said why', () => said.includes('incomplete: its reader stands still'));
    });
  });
});
