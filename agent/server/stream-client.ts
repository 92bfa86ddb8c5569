/**
 * One socket of `/stream`: a cursor in the spool that moves at the pace of the client's credits. What is
 * held for a client is at most MAX_BUFFERED_BYTES and one frame, however slow it is.
 */
import type { RawData, WebSocket } from 'ws';
import { parseClientMessage } from '#core/protocol/control.ts';
import { SendCredit } from '#core/protocol/credit.ts';
import { encodeDataHeader } from '#core/protocol/data-frame.ts';
import {
  DATA_HEADER_BYTES,
  MAX_FRAME_PAYLOAD_BYTES,
  type Hello,
  type ServerMessage,
  type Subscribe,
} from '#core/protocol/messages.ts';
import { parseOffset } from '#core/protocol/offset.ts';
import { lineOf } from '../failure.ts';
import type { Spool } from '../spool/spool.ts';

/** Not yet taken by the kernel's socket buffer; more is not read from disk until it is. */
export const MAX_BUFFERED_BYTES = 2 * MAX_FRAME_PAYLOAD_BYTES;
/** RFC 6455, 7.4.1. */
const CLOSE_UNSUPPORTED = 1003;
const CLOSE_POLICY = 1008;
const CLOSE_INTERNAL = 1011;
/** A control frame has at most 125 bytes, two of them the code. */
const MAX_REASON_BYTES = 123;

export class StreamClient {
  readonly #socket: WebSocket;
  readonly #spool: Spool;
  readonly #host: string;
  readonly #credit = new SendCredit();
  readonly #unsubscribe: () => void;
  readonly #onCost: () => void;
  /** null = not subscribed yet. */
  #offset: number | null = null;
  #watchesCost = false;
  #subscribing = false;
  #pumping = false;
  #pumpAgain = false;

  /** `onCost` is called when the client begins or ceases to look at the cost. */
  constructor(socket: WebSocket, spool: Spool, host: string, onCost: () => void) {
    this.#socket = socket;
    this.#spool = spool;
    this.#host = host;
    this.#unsubscribe = spool.onAppend(() => void this.#pump());
    socket.on('message', (data, binary) => this.#receive(data, binary));
    this.#onCost = onCost;
    socket.on('close', () => {
      this.#unsubscribe();
      this.#watchCost(false);
    });
    // ws has closed the socket with the fitting code by then (1009 for a message too large).
    socket.on('error', () => undefined);
  }

  get watchesCost(): boolean {
    return this.#watchesCost;
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #receive(data: RawData, binary: boolean): void {
    if (binary) {
      this.#close(CLOSE_UNSUPPORTED, 'binary messages go from the agent to the page only');
      return;
    }
    const parsed = parseClientMessage((data as Buffer).toString('utf8'));
    if (!parsed.ok) {
      this.#close(CLOSE_POLICY, parsed.error);
      return;
    }
    const { message } = parsed;
    switch (message.type) {
      case 'subscribe':
        if (this.#subscribing) this.#close(CLOSE_POLICY, 'already subscribed: open another socket');
        else void this.#subscribe(message);
        break;
      case 'credit':
        this.#credit.grant(message.bytes);
        void this.#pump();
        break;
      case 'cost':
        this.#watchCost(message.watch);
        break;
    }
  }

  #watchCost(watch: boolean): void {
    if (watch === this.#watchesCost) return;
    this.#watchesCost = watch;
    this.#onCost();
  }

  async #subscribe({ from, spool: wanted }: Subscribe): Promise<void> {
    this.#subscribing = true;
    try {
      const spool = this.#spool;
      const asked = parseOffset(from);
      // Past the end of the same log cannot be: whatever the client has is not from it.
      const reset = (wanted !== '' && wanted !== spool.id) || (asked !== null && asked > spool.end);
      let start: number;
      let missed = 0;
      if (from === 'live' && !reset) {
        start = await spool.liveStart();
        missed = start - spool.oldest;
      } else if (asked === null || reset) {
        start = spool.oldest;
      } else {
        start = Math.max(asked, spool.oldest);
        missed = start - asked;
      }
      this.#hello(start, missed, reset);
      this.#offset = start;
      await this.#pump();
    } catch (thrown) {
      this.#close(CLOSE_INTERNAL, lineOf(thrown));
    }
  }

  #hello(start: number, missedBytes: number, reset: boolean): void {
    const hello: Hello = {
      type: 'hello',
      protocol: 1,
      spool: this.#spool.id,
      oldest: String(this.#spool.oldest),
      end: String(this.#spool.end),
      start: String(start),
      missedBytes: String(missedBytes),
      reset,
      host: this.#host,
    };
    this.send(hello);
  }

  /** Sends while there is data, credit and room; called again by appends, credits and flushed sends. */
  async #pump(): Promise<void> {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#pumpAgain) {
        this.#pumpAgain = false;
        while (await this.#sendFrame());
      }
    } catch (thrown) {
      this.#close(CLOSE_INTERNAL, lineOf(thrown));
    } finally {
      this.#pumping = false;
    }
  }

  /** false = nothing can be sent now. */
  async #sendFrame(): Promise<boolean> {
    const offset = this.#offset;
    const socket = this.#socket;
    if (offset === null || socket.readyState !== socket.OPEN) return false;
    if (this.#credit.frameBytes === 0 || socket.bufferedAmount > MAX_BUFFERED_BYTES) return false;
    const result = await this.#spool.read(offset, this.#credit.frameBytes, DATA_HEADER_BYTES);
    switch (result.kind) {
      case 'end':
      case 'too-small':
        return false;
      case 'gone':
        // Retention overtook a slow client: it is told what it missed, and goes on at what is kept.
        this.#hello(result.oldest, result.missedBytes, false);
        this.#offset = result.oldest;
        return true;
      case 'invalid':
        this.#close(CLOSE_POLICY, result.reason);
        return false;
      case 'blocks':
        if (!this.#credit.take(result.next - offset)) return false;
        encodeDataHeader(offset, result.bytes);
        this.#offset = result.next;
        socket.send(result.bytes, () => void this.#pump());
        return true;
    }
  }

  #close(code: number, reason: string): void {
    this.#unsubscribe();
    this.#offset = null;
    this.#socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, MAX_REASON_BYTES)
        .toString('utf8')
        .replace(/\ufffd+$/, ''),
    );
  }
}
