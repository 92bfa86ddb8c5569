import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { NOTHING_ASKED, type CaptureAsk } from '#core/protocol/capture-ask.ts';
import type { ProbeProcess, ProcessEnd } from '../capture/launcher.ts';
import type { CaptureSpec } from '../capture/spec.ts';
import { SupervisedLauncher, type Lab } from '../supervisor/supervised-launcher.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { section } from '../testing/section.ts';
import { until } from '../testing/temporary.ts';
import { LiveCapture } from './live-capture.ts';

const LAB: Lab = { netns: 'lab', devices: ['edge0'], maps: [], schema: null };
const ASK: CaptureAsk = { ...NOTHING_ASKED, devices: ['edge0'], netns: 'lab', filter: 'udp' };

/** Probes that write a section and run until they are stopped, and a lab that is up when the test says so. */
class FakeSupervisor extends SupervisedLauncher {
  readonly running: CaptureSpec[] = [];
  labIsUp: () => void = () => undefined;

  constructor() {
    super('', noop, noop);
    onTestFinished(() => void process.off('disconnect', noop));
  }

  override startLab(): Promise<Lab> {
    return new Promise((resolve) => (this.labIsUp = () => resolve(LAB)));
  }

  override start(spec: CaptureSpec): Promise<ProbeProcess> {
    const output = new PassThrough();
    output.write(section({ run: 1, events: 1 }));
    this.running.push(spec);
    let stop: () => void = noop;
    const ended = new Promise<ProcessEnd>((resolve) => {
      stop = () => {
        this.running.splice(this.running.indexOf(spec), 1);
        output.end();
        resolve({ ok: true, code: 0, text: 'exit 0' });
      };
    });
    return Promise.resolve({ output, ended, watchCost: noop, stop });
  }
}

function noop(): void {
  return undefined;
}

async function labCapture() {
  const { server, spool } = await AgentUnderTest.start();
  const launcher = new FakeSupervisor();
  const lifetime = { launcher, workDir: '', onEnd: noop, dispose: noop };
  const options = { port: 0, lab: 'edge' };
  const capture = new LiveCapture(
    { options, spec: null, trigger: null, schemas: [], lifetime, spool },
    server,
  );
  return { launcher, capture, ran: capture.run() };
}

test.skipIf(process.platform !== 'linux')('while the lab starts nothing else can be captured', async () => {
  const { launcher, capture, ran } = await labCapture();
  expect(await capture.change(ASK)).toMatchObject({ ok: false, cause: 'the capture is only starting' });
  expect(launcher.running).toEqual([]);
  launcher.labIsUp();
  await until(() => launcher.running.length === 1);
  capture.stop();
  await ran;
  expect(launcher.running).toEqual([]);
});

test.skipIf(process.platform !== 'linux')(
  'a change takes the place of what runs, and ends with it',
  async () => {
    const { launcher, capture, ran } = await labCapture();
    launcher.labIsUp();
    await until(() => launcher.running.length === 1);
    expect((await capture.controls()).ask).toMatchObject({ devices: ['edge0'], filter: '' });
    expect(await capture.change(ASK)).toEqual({ ok: true });
    await until(() => launcher.running[0]?.filter === 'udp');
    expect(launcher.running).toHaveLength(1);
    expect((await capture.controls()).ask).toEqual(ASK);
    capture.stop();
    await ran;
    expect(launcher.running).toEqual([]);
  },
);
