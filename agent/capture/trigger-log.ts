/** A log in front of the log: of the probe's stream it passes on what a trigger keeps (core/trigger). */
import { parseSchema } from '#core/metadata/schema.ts';
import { Trigger, type TriggerOptions } from '#core/trigger/trigger.ts';
import { triggerText } from '#core/trigger/text.ts';
import { BlockCutter } from '../spool/block-cutter.ts';
import type { CaptureLog } from '../spool/log.ts';

const START_BYTES = 64 * 1024;
/** How often it is told what the trigger does. */
const TELL_INTERVAL_MS = 1_000;
/** Journeys that are kept may never be seen to end: they are not waited for longer. */
const COMPLETE_AFTER_MS = 3_000;

export interface TriggerListener {
  /** What it waits for or does (core/trigger/text.ts), when that has changed. */
  text(text: string): void;
  /** It has fired; a line for people. */
  fired(line: string): void;
  /** Once: it keeps nothing more, and what it keeps is complete, or was waited for long enough. */
  complete?(): void;
}

export class TriggerLog implements CaptureLog {
  readonly trigger: Trigger;
  readonly #listener: TriggerListener;
  readonly #timer: NodeJS.Timeout;
  #text = '';
  #firings = 0;
  #spentMs: number | null = null;
  readonly #log: CaptureLog;
  readonly #cutter = new BlockCutter();
  #out = new Uint8Array(START_BYTES);
  #length = 0;
  #given: Uint8Array | null = null;
  #bytes: Uint8Array = new Uint8Array(0);

  /** `close` it. */
  constructor(log: CaptureLog, options: TriggerOptions, listener: TriggerListener) {
    this.#log = log;
    this.#listener = listener;
    this.trigger = new Trigger(options, (bytes, start, length) => this.#keep(bytes, start, length));
    this.#timer = setInterval(() => this.#tell(), TELL_INTERVAL_MS);
    this.#tell();
  }

  /** JSON text, validated: what reads metadata unless the probe brings another. */
  useSchema(json: string): void {
    const parsed = parseSchema(json);
    if (parsed.ok) this.trigger.useSchema(parsed.schema);
    this.#tell();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async append(chunk: Uint8Array): Promise<void> {
    try {
      this.#cutter.push(chunk, (type, bytes, _view, start, length) =>
        this.trigger.block(type, this.#plain(bytes), start, length),
      );
    } finally {
      this.trigger.flush();
      await this.#passOn();
    }
  }

  async probeEnded(): Promise<void> {
    this.#cutter.reset();
    this.trigger.end();
    // A log that failed has said so where it was appended to.
    await this.#passOn().catch(() => undefined);
    this.#tell();
    await this.#log.probeEnded();
  }

  /** `core` reads a Uint8Array: the `slice` of a Buffer is another. */
  #plain(bytes: Uint8Array): Uint8Array {
    if (this.#given !== bytes) {
      this.#given = bytes;
      this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#bytes;
  }

  #tell(): void {
    const text = triggerText(this.trigger);
    if (text !== this.#text) {
      this.#text = text;
      this.#listener.text(text);
    }
    const { firings, lastFiring, phase } = this.trigger;
    if (firings > this.#firings) {
      const others = firings - this.#firings - 1;
      this.#firings = firings;
      this.#listener.fired(
        `Triggered by ${lastFiring}${others === 0 ? '' : `, and by ${others} before it`}.`,
      );
    }
    if (phase !== 'spent') return;
    this.#spentMs ??= Date.now();
    if (!this.trigger.complete && Date.now() - this.#spentMs < COMPLETE_AFTER_MS) return;
    this.close();
    this.#listener.complete?.();
  }

  #keep(bytes: Uint8Array, start: number, length: number): void {
    if (this.#length + length > this.#out.length) {
      const grown = new Uint8Array(Math.max(2 * this.#out.length, this.#length + length));
      grown.set(this.#out.subarray(0, this.#length));
      this.#out = grown;
    }
    this.#out.set(bytes.subarray(start, start + length), this.#length);
    this.#length += length;
  }

  /** The log may keep what it is given until it is written: the next bytes go into a buffer of their own. */
  async #passOn(): Promise<void> {
    if (this.#length === 0) return;
    const kept = this.#out.subarray(0, this.#length);
    this.#out = new Uint8Array(START_BYTES);
    this.#length = 0;
    await this.#log.append(kept);
  }
}
