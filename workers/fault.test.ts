import { expose, wrap } from 'comlink';
import { describe, expect, it } from 'vitest';
import { asFault, Fault, installFaultTransfer } from './fault.ts';

interface Failing {
  fault(): Promise<void>;
  defect(): Promise<void>;
}

describe('a Fault', () => {
  it('crosses Comlink with its code, cause and remedy; other errors cross as errors', async () => {
    installFaultTransfer();
    const { port1, port2 } = new MessageChannel();
    const failing: Failing = {
      fault: () => Promise.reject(new Fault('x-code', 'A cause.', 'A remedy.')),
      defect: () => Promise.reject(new RangeError('out of range')),
    };
    expose(failing, port1);
    const remote = wrap<Failing>(port2);
    const fault = await remote.fault().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: 'x-code', cause: 'A cause.', remedy: 'A remedy.' });
    await expect(remote.defect()).rejects.toMatchObject({ name: 'RangeError', message: 'out of range' });
    port1.close();
    port2.close();
  });

  it('is what any other thrown value becomes, without a stack', () => {
    expect(asFault(new TypeError('x is undefined'))).toMatchObject({
      code: 'internal',
      cause: 'Something failed inside Whither: x is undefined.',
    });
    const fault = new Fault('a', 'b', 'c');
    expect(asFault(fault)).toBe(fault);
  });
});
