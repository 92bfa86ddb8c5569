import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Child } from './processes.ts';
import { findRoot } from './root.ts';
import { SCENARIOS } from './scenario/list.ts';
import {
  isRunning,
  labNamespaces,
  loadedPrograms,
  programsOf,
  until,
  untilUnloaded,
} from './testing/host-state.ts';
import { requireKernel } from './testing/require-kernel.ts';

const skip = requireKernel();
const COMMAND = ['--import', 'tsx', path.join(findRoot(), 'agent/cli/main.ts'), 'lab'];

interface Ready {
  readonly ready: boolean;
  readonly netns: string;
  readonly device: string;
  readonly schema: string;
}

describe.skipIf(skip !== null)(`whither lab${skip === null ? '' : ` (${skip})`}`, () => {
  const labs: Child[] = [];
  let already: string[] = [];

  async function start(): Promise<{ lab: Child; ready: Ready }> {
    already = labNamespaces();
    const lab = new Child(process.execPath, [...COMMAND, 'edge']);
    labs.push(lab);
    return { lab, ready: JSON.parse(await lab.line()) as Ready };
  }

  /** Namespaces that this test's lab has, whatever other labs there are. */
  const own = (): string[] => labNamespaces().filter((name) => !already.includes(name));

  async function expectNothingLeft(pid: number): Promise<void> {
    const suffix = `-${pid}`;
    await until('the namespaces are gone', () => !own().some((name) => name.endsWith(suffix)));
    await until('the processes are gone', () => childrenOf(`whither-edge${suffix}`).length === 0);
  }

  afterAll(async () => {
    for (const lab of labs) await lab.end('SIGKILL');
  });

  it('says where it is in one line once everything is up', async () => {
    const { lab, ready } = await start();
    const pid = lab.process.pid!;
    expect(ready).toMatchObject({ ready: true, netns: `whither-edge-${pid}`, device: 'edge0' });
    expect(JSON.parse(readFileSync(ready.schema, 'utf8'))).toMatchObject({ whither: 2 });
    expect(own().sort()).toEqual([`whither-client-${pid}`, `whither-edge-${pid}`]);
    expect([...loadedPrograms().values()]).toEqual(expect.arrayContaining(['edge_xdp', 'edge_tcx']));
    await lab.end('SIGTERM');
    expect(lab.process.exitCode).toBe(0);
    await expectNothingLeft(pid);
  });

  it('removes everything when its stdin ends', async () => {
    const { lab } = await start();
    await lab.finish();
    expect(lab.process.exitCode).toBe(0);
    await expectNothingLeft(lab.process.pid!);
  });

  it('leaves no namespace and no process when it is killed', async () => {
    const { lab } = await start();
    lab.process.kill('SIGKILL');
    await lab.ended;
    await expectNothingLeft(lab.process.pid!);
  });

  it('removes everything when one of its own processes is killed, and says so', async () => {
    const { lab, ready } = await start();
    const [victim] = childrenOf(ready.netns, 'whither-traffic');
    process.kill(victim!, 'SIGKILL');
    await lab.ended;
    expect(lab.process.exitCode).not.toBe(0);
    expect(lab.complaint).toContain('a process of the lab ended');
    await expectNothingLeft(lab.process.pid!);
  });

  it('says of a scenario what it lost and whether that is as expected', () => {
    const { stdout, status } = spawnSync(process.execPath, [...COMMAND, 'run', 'clone-write'], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/clone-write: as expected\n$/);
    expect(status).toBe(0);
  });

  it('leaves nothing of a scenario that is killed', async () => {
    const lab = new Child(process.execPath, [...COMMAND, 'veth-xdp']);
    labs.push(lab);
    const ready = JSON.parse(await lab.line()) as Ready & { devices: string[] };
    const pid = lab.process.pid!;
    expect(ready).toMatchObject({ netns: `whither-lab-${pid}`, devices: ['lab0', 'out0', 'in0'] });
    const [loader] = childrenOf(ready.netns, 'whither-lab attach');
    const programs = programsOf(loader!);
    expect(programs.length).toBe(4);
    lab.process.kill('SIGKILL');
    await until('the namespaces are gone', () => !labNamespaces().some((name) => name.endsWith(`-${pid}`)));
    await until('the processes are gone', () => childrenOf(ready.netns).length === 0);
    await untilUnloaded(programs);
  });

  it('lists the labs, one a line', () => {
    const { stdout } = spawnSync(process.execPath, [...COMMAND, 'list'], { encoding: 'utf8' });
    const names = stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^([a-z0-9-]+)\t.+$/.exec(line)?.[1]);
    expect(names.sort()).toEqual(['edge', ...SCENARIOS.map(({ name }) => name)].sort());
  });
});

/** Processes that have `word` among their arguments (and run `program`, when given). */
function childrenOf(word: string, program = ''): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(word) && line.includes(program))
    .map((line) => Number(line.trim().split(' ')[0]))
    .filter((pid) => existsSync(`/proc/${pid}`) && isRunning(pid));
}
