import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { NOTHING_ASKED, parseCaptureAsk, type CaptureAsk } from '#core/protocol/capture-ask.ts';
import { Failure } from '../failure.ts';
import { answerOf, askedOf } from './ask.ts';
import { probeArguments } from './spec.ts';

const SCHEMA: MetadataSchema = {
  whither: 2,
  name: 'edge',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little' },
  types: [{ type: 1, name: 'trace_id', kind: 'uint' }],
};
const ASK: CaptureAsk = { ...NOTHING_ASKED, devices: ['eth0'] };
const KEPT = { snaplen: null };

function refusal(part: Partial<CaptureAsk>, schema: MetadataSchema | null = SCHEMA) {
  try {
    askedOf({ ...ASK, ...part }, KEPT, schema);
  } catch (thrown) {
    if (thrown instanceof Failure) return answerOf(thrown);
    throw thrown;
  }
  throw new Error('it was taken');
}

test('what is asked for becomes arguments of the probe', () => {
  const { spec, trigger } = askedOf(
    {
      ...ASK,
      devices: ['eth0', 'eth1'],
      netns: 'blue',
      hooks: 'tcx, nf/forward',
      filter: 'udp port 53',
      mark: '0x10/0xff',
      hasMetadata: true,
      tlv: ['trace_id=0x1f'],
      sample: 10,
      rate: 1000,
      trigger: ['lost'],
      before: 5,
    },
    { snaplen: 96 },
    SCHEMA,
  );
  const args = probeArguments(spec).join(' ');
  expect(args).toContain('-i eth0 -i eth1 --netns blue --snaplen 96 -f udp port 53 --hooks tcx,nf/forward');
  expect(args).toContain('--mark 0x10/0xff --has-metadata');
  expect(args).toContain('--sample 10 --rate 1000');
  expect(trigger).toMatchObject({ before: 5, after: 100, once: false });
});

test('what is wrong is told with its field, and nothing becomes an option of the probe', () => {
  expect(refusal({ devices: [] })).toMatchObject({ field: 'devices' });
  expect(refusal({ devices: ['-w'] })).toMatchObject({ field: 'devices' });
  expect(refusal({ netns: '../x' })).toMatchObject({ field: 'netns' });
  expect(refusal({ hooks: '--doctor' })).toMatchObject({ field: 'hooks' });
  expect(refusal({ mark: 'ten' })).toMatchObject({ field: 'mark' });
  expect(refusal({ sample: 0 })).toMatchObject({ field: 'sample' });
  expect(refusal({ tlv: ['nothing'] })).toMatchObject({ field: 'tlv' });
  expect(refusal({ tlv: ['trace_id'] }, null)).toMatchObject({ field: 'tlv' });
  expect(refusal({ trigger: ['sometimes'] })).toMatchObject({ field: 'trigger' });
  expect(refusal({ trigger: ['lost'], before: 1e6 })).toMatchObject({ field: 'before' });
});

test("the probe's own words belong to a field, too", () => {
  const said = new Failure("the filter 'udpp' is not understood: syntax error", 'man 7 pcap-filter');
  expect(answerOf(said)).toMatchObject({ field: 'filter', cause: said.message });
  expect(answerOf(new Failure('no device eth9 in this network namespace', 'ip link'))).toMatchObject({
    field: 'devices',
  });
});

test('whatever is sent, it is a question or a refusal', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const parsed = parseCaptureAsk(value);
      if ('ok' in parsed) expect(parsed.ok).toBe(false);
    }),
  );
  expect(parseCaptureAsk(ASK)).toEqual(ASK);
  expect(parseCaptureAsk({ ...ASK, sample: 'x' })).toMatchObject({ ok: false, field: 'sample' });
  expect(parseCaptureAsk({ ...ASK, more: 1 })).toMatchObject({ ok: false, field: null });
});
