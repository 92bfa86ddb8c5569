import { describe, expect, it } from 'vitest';
import { EDGE, framed } from '#core/metadata/testing/schemas.ts';
import { Failure } from '../failure.ts';
import { framingText, tlvOf } from './tlv.ts';

function refusal(texts: readonly string[], schema: typeof EDGE | null = EDGE): string {
  try {
    tlvOf(texts, schema);
  } catch (thrown) {
    if (thrown instanceof Failure) return `${thrown.message} | ${thrown.remedy}`;
    throw thrown;
  }
  throw new Error('not refused');
}

describe('--tlv', () => {
  it('takes names and values of the schema', () => {
    const texts = ['trace_id=0x1f', 'verdict=drop', 'verdict=3', 'origin=10.0.0.1', 'tenant', '9', '9=7'];
    expect(tlvOf(texts, EDGE).wanted).toEqual([
      '1=0x1f,little',
      '2=0x2,little',
      '2=0x3,little',
      '3=0xa000001,big',
      '4',
      '9',
      '9=0x7,little',
    ]);
    const mac = framed({}, [
      { type: 1, name: 'from', kind: 'mac' },
      { type: 2, name: 'count', kind: 'uint', endian: 'little' },
    ]);
    expect(tlvOf(['from=02:00:00:00:00:ff', 'count=1', '7=1'], mac).wanted).toEqual([
      '1=0x200000000ff,big',
      '2=0x1,little',
      '7=0x1,big',
    ]);
  });

  it('tells the probe every part of the framing', () => {
    expect(framingText(EDGE.framing)).toBe(
      'type=1,length=1,endian=little,unit=1,header=0,align=1,start=0,pad=0',
    );
    const all = {
      typeBytes: 2,
      lengthBytes: 4,
      lengthUnit: 4,
      lengthIncludesHeader: true,
      align: 8,
      start: 6,
    } as const;
    expect(framingText(framed({ ...all, terminator: 65535 }).framing)).toBe(
      'type=2,length=4,endian=big,unit=4,header=1,align=8,start=6,terminator=65535',
    );
  });

  it('says what it cannot look for, and what to do', () => {
    expect(refusal(['1'], null)).toMatch(/without a schema .* \| give --schema FILE/);
    expect(refusal(['trace'])).toMatch(/no TLV "trace" \| give one of trace_id, verdict, origin, tenant/);
    expect(refusal(['trace_id=abc'])).toMatch(/"abc" is no uint \| give a number/);
    expect(refusal(['trace_id=0x10000000000000000'])).toMatch(/is no uint/);
    expect(refusal(['origin=10.0.0.256'])).toMatch(/is no ipv4 \| write it as in 10\.0\.0\.1/);
    expect(refusal(['verdict=maybe'])).toMatch(/is no enum \| give a number, or one of unknown, pass/);
    const text = framed({}, [{ type: 1, name: 'who', kind: 'string' }]);
    expect(refusal(['who=me'], text)).toMatch(/kind string \| ask for the TLV alone \(--tlv who\)/);
  });
});
