import { describe, expect, it } from 'vitest';
import { namedFields } from './named-fields.ts';

describe('the fields that an expression names', () => {
  it.each([
    ['tlv.trace-id exists', ['tlv.trace-id']],
    ['tlv.a/b:c@d#e+f == 1', ['tlv.a/b:c@d#e+f']],
    ['comm == "tlv.foo"', ['comm']],
    ['tlv["a \\"b\\" c"] exists', ['tlv.a "b" c']],
    ['!(mark == 1 && any(tlv.a == 2)) or every(mark in {3, 4})', ['mark', 'tlv.a']],
    ['latency("tlv.a", "tlv.b") > 1ms', ['latency']],
    ['', []],
    ['tlv.a ==', []],
  ])('%s', (text, names) => {
    expect([...namedFields(text)]).toEqual(names);
  });
});
