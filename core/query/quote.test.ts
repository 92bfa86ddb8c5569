import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter } from './parse.ts';
import { quoted, tlvFieldText } from './quote.ts';

describe('texts of the filter language', () => {
  it('leaves a word of the language a word', () => {
    expect(tlvFieldText('trace_id')).toBe('tlv.trace_id');
    expect(tlvFieldText('a "name"')).toBe('tlv["a \\"name\\""]');
  });

  it('names any TLV, and quotes any text, so that the language finds it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(() => parseFilter(`${tlvFieldText(text)} == ${quoted(text)}`)).not.toThrow();
      }),
    );
  });
});
