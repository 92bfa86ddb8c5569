/**
 * One WebSocket to `/stream` as a queue that is emptied at the reader's pace. Frames are checked when they
 * arrive; how many may arrive is bounded by the credit that was granted, so the queue is bounded too.
 */
import { parseServerMessage } from '#core/protocol/control.ts';
import { ReceiveCredit } from '#core/protocol/credit.ts';
import { decodeDataHeader, type DataFrame } from '#core/protocol/data-frame.ts';
import type { ClientMessage, Hello, Joined, Status } from '#core/protocol/messages.ts';

/** An agent says hello once and status on a change; many more unread ones are a fault, not news. */
const MAX_QUEUED_CONTROLS = 256;

export type SocketItem =
  | { readonly kind: 'open' }
  | { readonly kind: 'control'; readonly message: Hello | Joined | Status }
  | { readonly kind: 'data'; readonly frame: DataFrame }
  /** The last item. `opened` false: the upgrade did not succeed. `violation`: what the agent did wrong, or ''. */
  | { readonly kind: 'closed'; readonly opened: boolean; readonly code: number; readonly violation: string };

export class LiveSocket {
  readonly #socket: WebSocket;
  readonly #credit: ReceiveCredit;
  readonly #queue: SocketItem[] = [];
  readonly #onFrame: () => void;
  #controls = 0;
  #opened = false;
  #ended = false;
  #wake: (() => void) | null = null;

  /** `onFrame` is called for each frame that arrives, before it is decoded: proof that the agent lives. */
  constructor(socket: WebSocket, windowBytes: number | undefined, onFrame: () => void) {
    this.#socket = socket;
    this.#credit = new ReceiveCredit(windowBytes);
    this.#onFrame = onFrame;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      this.#opened = true;
      this.#push({ kind: 'open' });
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => this.#receive(event.data));
    socket.addEventListener('close', (event) => this.#end(event.code, ''));
    // A close event always follows; without a listener ws in Node would throw.
    socket.addEventListener('error', () => undefined);
  }

  /** Payload bytes received and not yet given back by `decoded`. */
  get pendingBytes(): number {
    return this.#credit.pending;
  }

  /** The next item; waits for one. `closed` comes once, after everything that was received before it. */
  async next(): Promise<SocketItem> {
    for (;;) {
      const item = this.#queue.shift();
      if (item) {
        if (item.kind === 'control') this.#controls--;
        return item;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(message: ClientMessage): void {
    // A socket that is closing drops it, as it should: the next one begins with a window of its own.
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Grants the first window. Once, after hello. */
  openWindow(): void {
    this.send({ type: 'credit', bytes: this.#credit.window });
  }

  /** A frame's payload is decoded: its credit goes back to the agent when it is worth a message. */
  decoded(bytes: number): void {
    const grant = this.#credit.decoded(bytes);
    if (grant > 0) this.send({ type: 'credit', bytes: grant });
  }

  /** Closes from this side; `violation` says what the agent did wrong. */
  close(violation = ''): void {
    this.#end(1000, violation);
    this.#socket.close(1000);
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    this.#onFrame();
    if (typeof data === 'string') this.#receiveText(data);
    else if (data instanceof ArrayBuffer) this.#receiveBinary(new Uint8Array(data));
    else this.close('a frame is neither text nor bytes');
  }

  #receiveText(text: string): void {
    const parsed = parseServerMessage(text);
    if (!parsed.ok) {
      this.close(parsed.error);
      return;
    }
    // Heard already; there is nothing more to it.
    if (parsed.message.type === 'alive') return;
    if (++this.#controls > MAX_QUEUED_CONTROLS) {
      this.close('too many control messages');
      return;
    }
    this.#push({ kind: 'control', message: parsed.message });
  }

  #receiveBinary(bytes: Uint8Array): void {
    const decoded = decodeDataHeader(bytes);
    if (!decoded.ok) {
      this.close(decoded.error);
      return;
    }
    if (!this.#credit.received(decoded.frame.payload.length)) {
      this.close('more bytes than were granted');
      return;
    }
    this.#push({ kind: 'data', frame: decoded.frame });
  }

  #end(code: number, violation: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue.push({ kind: 'closed', opened: this.#opened, code, violation });
    this.#wake?.();
  }

  #push(item: SocketItem): void {
    if (this.#ended) return;
    this.#queue.push(item);
    this.#wake?.();
  }
}
