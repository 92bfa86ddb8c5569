/**
 * One agent whose stream goes into this one's log. The offset behind the last frame is the whole of the state, as in a
 * page: after a cut it is asked from there, and nothing is lost or repeated (core/protocol/messages.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, type RawData } from 'ws';
import { parseServerMessage } from '#core/protocol/control.ts';
import { ReceiveCredit } from '#core/protocol/credit.ts';
import { decodeDataHeader } from '#core/protocol/data-frame.ts';
import {
  DATA_HEADER_BYTES,
  MAX_FRAME_PAYLOAD_BYTES,
  type ClientMessage,
  type Hello,
  type JoinedAgent,
} from '#core/protocol/messages.ts';
import { parseOffset } from '#core/protocol/offset.ts';
import { codeOf, lineOf } from '../failure.ts';
import { JOIN_HEADER, JOINS_ITSELF } from '../server/access.ts';
import type { JoinedInput } from '../spool/spool.ts';
import { admit, type Admission } from './agent-link.ts';

/**
 * While the log is in the section of another host, blocks wait so long or until they are so many: going to and fro costs
 * a preamble (some 15 KiB) each way.
 */
export const HOLD_MS = 1_000;
export const HOLD_BYTES = 1024 * 1024;
/** Several times ALIVE_INTERVAL_MS: the link is dead. */
const SILENCE_MS = 10_000;
/** Of one connection: retention overtakes a reader that is slow again and again, not one that reads. */
const MAX_HELLOS = 64;
const RETRY_DELAYS_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000];

export interface JoinOptions {
  readonly link: URL;
  readonly input: JoinedInput;
  /** Whether the log with this id is this agent's alone. */
  readonly claim: (spool: string) => boolean;
  readonly onChange: (state: JoinedAgent) => void;
}

export class JoinedAgentStream {
  readonly #options: JoinOptions;
  readonly #stopping = new AbortController();
  #host: string;
  /** What it says of its own capture. */
  #captureText = '';
  #live = false;
  /** What was wrong with the connection at hand; '' = nothing. */
  #fault = '';
  #hellos = 0;
  /** Nothing more is written of what it sent. */
  #ended = false;
  /** Bytes that went into the log. */
  #taken = 0;
  #admission: Admission | null = null;
  #spool = '';
  /** Where the next frame must begin; null before the first hello. */
  #next: number | null = null;
  #socket: WebSocket | null = null;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #holdTimer: NodeJS.Timeout | null = null;
  /** Written one after the other. */
  #tail: Promise<void> = Promise.resolve();

  constructor(options: JoinOptions) {
    this.#options = options;
    this.#host = options.link.host;
  }

  /** Until `stop`, or until trying again is of no use. Never rejects: the state says why. */
  async run(): Promise<void> {
    this.#tell('connecting', 'Connecting.');
    for (let attempt = 0; !this.#isStopped(); attempt++) {
      try {
        const admission = this.#admission ?? (await admit(this.#options.link, this.#stopping.signal));
        if ('refused' in admission) {
          this.#tell('ended', `It lets nobody in by this link: ${admission.refused}`);
          return;
        }
        this.#admission = admission;
        const taken = this.#taken;
        this.#fault = '';
        const { opened, status } = await this.#stream(admission);
        // Told to end, or ended, and why has been said.
        if (this.#isStopped()) return;
        if (this.#taken > taken) attempt = 0;
        if (status === JOINS_ITSELF) {
          this.#tell('ended', 'It joins other agents itself: join those here, one by one.');
          return;
        }
        // It may have been started anew, with another secret.
        if (!opened) this.#admission = null;
        this.#live = false;
        this.#tell(
          'connecting',
          this.#fault === ''
            ? `${opened ? 'The connection was cut' : 'It does not answer'}; trying again.`
            : `${this.#fault} Trying again.`,
        );
      } catch (thrown) {
        if (this.#isStopped()) return;
        this.#tell('connecting', `It does not answer (${reasonOf(thrown)}); trying again.`);
      }
      await sleep(RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length - 1)], undefined, {
        signal: this.#stopping.signal,
      }).catch(() => undefined);
    }
  }

  /** What has been received is in the log when this resolves. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#socket?.terminate();
    this.#flush(null);
    await this.#tail;
  }

  /** A method, because it changes while somebody waits and the compiler cannot see that. */
  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** One connection, to its end. `status`: with which the upgrade was refused, if it was. */
  async #stream({ stream, headers }: Admission): Promise<{ opened: boolean; status: number | null }> {
    if (this.#isStopped()) return { opened: false, status: null };
    const socket = new WebSocket(stream, {
      headers: { ...headers, [JOIN_HEADER]: '1' },
      perMessageDeflate: false,
      handshakeTimeout: SILENCE_MS,
      maxPayload: DATA_HEADER_BYTES + MAX_FRAME_PAYLOAD_BYTES,
    });
    this.#socket = socket;
    this.#hellos = 0;
    const credit = new ReceiveCredit();
    let opened = false;
    let status: number | null = null;
    let silence = setTimeout(() => socket.terminate(), SILENCE_MS);
    socket.on('open', () => {
      opened = true;
      this.#send({
        type: 'subscribe',
        from: this.#next === null ? 'live' : String(this.#next),
        spool: this.#spool,
      });
    });
    socket.on('message', (data: RawData, binary) => {
      clearTimeout(silence);
      silence = setTimeout(() => socket.terminate(), SILENCE_MS);
      const fault = binary
        ? this.#receiveData(data as Buffer, credit)
        : this.#receiveText((data as Buffer).toString('utf8'), credit);
      if (fault === '') return;
      this.#fault = fault;
      socket.terminate();
    });
    socket.on('unexpected-response', (_request, response) => {
      status = response.statusCode ?? 0;
      socket.terminate();
    });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
    clearTimeout(silence);
    this.#flush(null);
    await this.#tail;
    return { opened, status };
  }

  /** What is wrong with the message, or ''. */
  #receiveText(text: string, credit: ReceiveCredit): string {
    const parsed = parseServerMessage(text);
    if (!parsed.ok) return `It sent what is not understood here: ${parsed.error}.`;
    const { message } = parsed;
    switch (message.type) {
      case 'hello':
        return this.#welcome(message, credit);
      case 'status':
        this.#captureText = message.text;
        if (this.#live) this.#tell('live', message.text);
        return '';
      case 'joined':
        // Theirs come with their stream; what they say of each other does not travel on.
        return '';
      case 'alive':
        return '';
    }
  }

  #welcome(hello: Hello, credit: ReceiveCredit): string {
    const start = parseOffset(hello.start) ?? 0;
    // A later one on the same socket: retention overtook us.
    const isLater = this.#hellos++ > 0;
    if (isLater && (this.#hellos > MAX_HELLOS || start <= (this.#next ?? 0)))
      return 'It began anew without need.';
    if (!this.#options.claim(hello.spool)) {
      this.#end('It is joined already, by another link.');
      return '';
    }
    if (this.#next !== null && (hello.reset || start !== this.#next)) {
      // Of what is held the credit goes back on the socket that it came by, where that is still open.
      this.#flush(credit);
      this.#write(() => this.#options.input.missed());
    }
    if (!isLater) this.#send({ type: 'credit', bytes: credit.window });
    this.#spool = hello.spool;
    this.#next = start;
    if (hello.host !== '') this.#host = hello.host;
    this.#live = true;
    this.#tell('live', this.#captureText);
    return '';
  }

  #receiveData(frame: Buffer, credit: ReceiveCredit): string {
    const decoded = decodeDataHeader(frame);
    if (!decoded.ok) return `It sent what is not understood here: ${decoded.error}.`;
    const { offset, payload } = decoded.frame;
    if (offset !== this.#next) return `It sent bytes from ${offset} where ${String(this.#next)} was due.`;
    if (!credit.received(payload.length)) return 'It sent more than it was granted.';
    this.#next = offset + payload.length;
    this.#held.push(payload);
    this.#heldBytes += payload.length;
    if (this.#options.input.isCurrent || this.#heldBytes >= HOLD_BYTES) this.#flush(credit);
    else this.#holdTimer ??= setTimeout(() => this.#flush(credit), HOLD_MS);
    return '';
  }

  /** `credit` null: the connection it would go to is over. */
  #flush(credit: ReceiveCredit | null): void {
    if (this.#holdTimer !== null) clearTimeout(this.#holdTimer);
    this.#holdTimer = null;
    if (this.#heldBytes === 0) return;
    const blocks = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.#write(async () => {
      await this.#options.input.append(blocks);
      this.#taken += blocks.length;
      const grant = credit?.decoded(blocks.length) ?? 0;
      if (grant > 0) this.#send({ type: 'credit', bytes: grant });
    });
  }

  #write(work: () => Promise<void>): void {
    const unlessStopped = (): Promise<void> | undefined => (this.#ended ? undefined : work());
    // The spool says so of itself, too.
    this.#tail = this.#tail.then(unlessStopped).catch((thrown: unknown) => this.#end(lineOf(thrown)));
  }

  /** Nothing more is taken of it. */
  #end(why: string): void {
    this.#ended = true;
    this.#tell('ended', why);
    this.#stopping.abort();
    this.#socket?.terminate();
  }

  #send(message: ClientMessage): void {
    const socket = this.#socket;
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  #tell(link: JoinedAgent['link'], text: string): void {
    this.#options.onChange({ host: this.#host, link, text });
  }
}

function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return codeOf(cause) || lineOf(cause);
}
