/** The file that the probe writes. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startProbe } from '../lab/edge/record.ts';
import { Child } from '../lab/processes.ts';
import { until } from '../lab/testing/host-state.ts';
import { readCapture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';
import { ONE_HOOK, probeFixture } from './testing/probe-fixture.ts';

const skip = requireKernel();

describe.skipIf(skip !== null)(`whither-probe${skip === null ? '' : ` (${skip})`}`, () => {
  const fixture = probeFixture();
  const { file, deviceArguments, run } = fixture;

  describe('the file it writes', () => {
    it('keeps its content when the probe cannot start', () => {
      writeFileSync(file, 'somebody else made this');
      expect(run('-i', 'nosuch0', '-w', file).status).toBe(1);
      expect(readFileSync(file, 'utf8')).toBe('somebody else made this');
    });

    it('is replaced as a whole, also when it was longer', async () => {
      writeFileSync(file, Buffer.alloc(1_000_000, 0xff));
      const probe = new Child(fixture.lab.files.probe, [...deviceArguments(), ...ONE_HOOK, '-w', file]);
      await until('the file has begun', () => statSync(file).size < 1_000_000);
      await probe.end('SIGINT');
      expect(readCapture(file).problems).toEqual([]);
    });

    it('is not mistaken for a standard descriptor that was closed at start', async () => {
      const script = `exec "$@" 0<&- 1>&- 2>&-`;
      const command = [
        fixture.lab.files.probe,
        ...deviceArguments(),
        '--no-tcx',
        '--hooks',
        'tcx/ingress',
        '-w',
        file,
      ];
      rmSync(file, { force: true });
      const probe = new Child('sh', ['-c', script, 'sh', ...command]);
      await until('the file has begun', () => existsSync(file) && statSync(file).size > 0);
      await probe.end('SIGINT');
      const capture = readCapture(file);
      expect(capture.problems).toEqual([]);
      expect(capture.statistics).toHaveLength(capture.interfaces.length);
    });

    it('says that the run started before its first packet', async () => {
      await fixture.lab.startTraffic(500);
      const probe = await startProbe(fixture.lab, file);
      await until('some packets', () => statSync(file).size > 100_000);
      await probe.end('SIGINT');
      await fixture.lab.stopTraffic();
      const { started, packets } = readCapture(file);
      expect(packets.every(({ time }) => time >= started)).toBe(true);
    });
  });
});
