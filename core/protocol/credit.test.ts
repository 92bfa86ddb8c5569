import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiveCredit, SendCredit } from './credit.ts';
import { CREDIT_WINDOW_BYTES, MAX_FRAME_PAYLOAD_BYTES } from './messages.ts';

describe('SendCredit', () => {
  it('lets nothing be sent before the first grant', () => {
    const credit = new SendCredit();
    expect(credit.take(1)).toBe(false);
    expect(credit.frameBytes).toBe(0);
  });

  it('takes a whole payload or nothing', () => {
    const credit = new SendCredit();
    credit.grant(100);
    expect(credit.take(101)).toBe(false);
    expect(credit.available).toBe(100);
    expect(credit.take(100)).toBe(true);
    expect(credit.available).toBe(0);
  });

  it('never holds more than a window, however much a client grants', () => {
    const credit = new SendCredit();
    for (let i = 0; i < 5; i++) credit.grant(CREDIT_WINDOW_BYTES);
    expect(credit.available).toBe(CREDIT_WINDOW_BYTES);
    expect(credit.frameBytes).toBe(MAX_FRAME_PAYLOAD_BYTES);
  });
});

describe('ReceiveCredit', () => {
  it('grants again when half of the window is decoded, and exactly what was decoded', () => {
    const window = 4 * MAX_FRAME_PAYLOAD_BYTES;
    const credit = new ReceiveCredit(window);
    expect(credit.received(window)).toBe(true);
    expect(credit.decoded(window / 2 - 1)).toBe(0);
    expect(credit.decoded(2)).toBe(window / 2 + 1);
    expect(credit.outstanding).toBe(window);
  });

  it('notices an agent that sends more than it was granted', () => {
    const credit = new ReceiveCredit();
    expect(credit.received(CREDIT_WINDOW_BYTES)).toBe(true);
    expect(credit.received(1)).toBe(false);
  });

  it('refuses a window that could leave both ends waiting', () => {
    expect(() => new ReceiveCredit(MAX_FRAME_PAYLOAD_BYTES)).toThrow(RangeError);
    expect(() => new ReceiveCredit(CREDIT_WINDOW_BYTES + 1)).toThrow(RangeError);
  });

  it('keeps the stream moving and within the window for any mix of frame sizes and decode delays', () => {
    const frames = fc.array(fc.integer({ min: 1, max: MAX_FRAME_PAYLOAD_BYTES }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.boolean()), (sizes, sendFirst) => {
        const send = new SendCredit();
        const receive = new ReceiveCredit(2 * MAX_FRAME_PAYLOAD_BYTES);
        send.grant(receive.window);
        const queue: number[] = [];
        let next = 0;
        while (next < sizes.length || queue.length > 0) {
          const size = sizes[next];
          const maySend = size !== undefined && size <= send.available;
          // With nothing to decode, the agent must be able to send: otherwise the stream has stopped for good.
          if (queue.length === 0) expect(maySend).toBe(true);
          if (maySend && (queue.length === 0 || sendFirst.next().value)) {
            expect(send.take(size)).toBe(true);
            expect(receive.received(size)).toBe(true);
            queue.push(size);
            next++;
          } else {
            const grant = receive.decoded(queue.shift() ?? 0);
            if (grant > 0) send.grant(grant);
          }
          expect(receive.outstanding).toBeLessThanOrEqual(receive.window);
        }
      }),
    );
  });
});
