import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientMessage, parseServerMessage } from './control.ts';
import { CREDIT_WINDOW_BYTES, MAX_CONTROL_BYTES, type Hello } from './messages.ts';
import { formatOffset, parseOffset } from './offset.ts';

const HELLO: Hello = {
  type: 'hello',
  protocol: 1,
  spool: '2f9c-1',
  oldest: '0',
  end: '4096',
  start: '28',
  missedBytes: '0',
  reset: false,
  host: 'edge-1',
};

describe('control messages', () => {
  it('reads a subscription from the oldest byte, from now and from an offset', () => {
    for (const from of ['oldest', 'live', '0', '9007199254740991']) {
      const message = { type: 'subscribe', from, spool: '' };
      expect(parseClientMessage(JSON.stringify(message))).toEqual({ ok: true, message });
    }
  });

  it('refuses offsets that are not plain decimal or do not fit a double', () => {
    for (const from of [
      '',
      '-1',
      '+1',
      '01',
      '1e3',
      '0x10',
      ' 1',
      '1.5',
      '9007199254740992',
      '9'.repeat(400),
    ]) {
      expect(parseClientMessage(JSON.stringify({ type: 'subscribe', from, spool: '' }))).toEqual({
        ok: false,
        error: 'control message: from: not "oldest", "live" or a decimal offset up to 2^53 - 1',
      });
    }
  });

  it('reads whether the cost is watched, as true or false and nothing else', () => {
    for (const watch of [true, false]) {
      const message = { type: 'cost', watch };
      expect(parseClientMessage(JSON.stringify(message))).toEqual({ ok: true, message });
    }
    expect(parseClientMessage('{"type":"cost","watch":1}')).toMatchObject({ ok: false });
  });

  it('reads a credit of one byte and of a whole window, and none outside of it', () => {
    for (const bytes of [1, CREDIT_WINDOW_BYTES]) {
      expect(parseClientMessage(JSON.stringify({ type: 'credit', bytes }))).toEqual({
        ok: true,
        message: { type: 'credit', bytes },
      });
    }
    for (const bytes of [0, -1, 1.5, CREDIT_WINDOW_BYTES + 1, 1e300, '1', null]) {
      expect(parseClientMessage(JSON.stringify({ type: 'credit', bytes })).ok).toBe(false);
    }
  });

  it('reads hello and status, and leaves out keys that it does not know', () => {
    expect(parseServerMessage(JSON.stringify({ ...HELLO, later: 1 }))).toEqual({ ok: true, message: HELLO });
    const status = { type: 'status', capture: 'running', text: 'eth0, 8 hooks' };
    expect(parseServerMessage(JSON.stringify(status))).toEqual({ ok: true, message: status });
  });

  it('says where a message is wrong without repeating what was sent', () => {
    expect(parseServerMessage(JSON.stringify({ ...HELLO, start: '<script>' }))).toEqual({
      ok: false,
      error: 'control message: start: not a decimal offset up to 2^53 - 1',
    });
    expect(parseServerMessage(JSON.stringify({ ...HELLO, reset: 'yes' }))).toEqual({
      ok: false,
      error: 'control message: reset: not boolean',
    });
    expect(parseServerMessage('{"type":"hello","protocol":2}')).toEqual({
      ok: false,
      error: 'control message: protocol: not 1',
    });
    expect(parseClientMessage('{"type":"hello"}').ok).toBe(false);
    expect(parseClientMessage('{')).toEqual({ ok: false, error: 'control message is not JSON' });
  });

  it('refuses a message over the limit before parsing it', () => {
    const spaces = ' '.repeat(MAX_CONTROL_BYTES);
    expect(parseClientMessage(`{"type":"credit","bytes":1}${spaces}`)).toEqual({
      ok: false,
      error: `control message larger than ${MAX_CONTROL_BYTES} bytes`,
    });
  });

  it('never throws, whatever JSON or text arrives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof parseClientMessage(text).ok).toBe('boolean');
        expect(typeof parseServerMessage(text).ok).toBe('boolean');
      }),
    );
  });
});

describe('offsets as text', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (offset) => {
        expect(parseOffset(formatOffset(offset))).toBe(offset);
      }),
    );
  });

  it('cannot be written for what is no offset', () => {
    for (const bad of [-1, 0.5, NaN, Infinity, 2 ** 53]) expect(() => formatOffset(bad)).toThrow(RangeError);
  });
});
