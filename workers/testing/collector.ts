/** A SourceSink that keeps what it is given, for tests. */
import type { Problem } from '#core/pcapng/types.ts';
import type { JoinedAgent, Status } from '#core/protocol/messages.ts';
import type { Beginning, SourceSink } from '#workers/sources/source.ts';

export class Collector implements SourceSink {
  readonly begins: Beginning[] = [];
  readonly connections: string[] = [];
  readonly connectionProblems: Problem[] = [];
  readonly statuses: string[] = [];
  readonly agentsTold: (readonly JoinedAgent[])[] = [];
  readonly cut: (readonly [cause: string, bytes: Uint8Array])[] = [];
  readonly #chunks: Uint8Array[] = [];
  readonly #waiting: { bytes: number; resolve: () => void }[] = [];
  /** Where the next chunk must begin; null = any. */
  due: number | null = null;
  bytes = 0;
  /** Awaited in every chunk: a slow reader. */
  pause: () => Promise<void> = () => Promise.resolve();

  begin(at: Beginning): void {
    this.begins.push(at);
    this.due = at.offset;
    if (at.reset) {
      this.#chunks.length = 0;
      this.bytes = 0;
    }
  }

  async chunk(bytes: Uint8Array, offset: number): Promise<void> {
    if (this.due !== offset) throw new Error(`chunk at ${offset}, due at ${String(this.due)}`);
    await this.pause();
    this.due = offset + bytes.length;
    this.#chunks.push(bytes);
    this.bytes += bytes.length;
    for (const waiting of this.#waiting.filter((one) => one.bytes <= this.bytes)) waiting.resolve();
  }

  cutOff(bytes: Uint8Array, { cause }: Problem): void {
    this.cut.push([cause, bytes]);
  }

  connection(state: 'live' | 'reconnecting', _text: string, problem?: Problem): void {
    if (problem !== undefined) this.connectionProblems.push(problem);
    if (this.connections.at(-1) !== state) this.connections.push(state);
  }

  status({ text }: Status): void {
    this.statuses.push(text);
  }

  agents(agents: readonly JoinedAgent[]): void {
    this.agentsTold.push(agents);
  }

  /** Resolves when so many bytes have come. */
  until(bytes: number): Promise<void> {
    if (this.bytes >= bytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ bytes, resolve }));
  }

  joined(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

/** `length` bytes in which every place looks different from its neighbours. */
export function patternBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 0x2545f491;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
