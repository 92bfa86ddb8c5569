/** What the kernel said of a packet, without addresses that would help somebody who attacks it, and without names. */
import * as L from '#core/format/layout.gen.ts';
import { TAP_KIND } from '#core/format/structs.ts';
import type { AreaDecoder } from '#core/metadata/area-scan.ts';
import type { EventExtensions, EventFields, TapExtension } from '#core/pcapng/event.ts';
import type { AreaRedactor } from './area.ts';
import type { SharePolicy } from './policy.ts';
import type { Pseudonyms } from './pseudonyms.ts';

export class EventRedactor {
  readonly #policy: SharePolicy;
  readonly #names: Pseudonyms;
  readonly #areas: AreaRedactor;
  #elsewhere: AreaDecoder['elsewhere'] = [];

  constructor(policy: SharePolicy, names: Pseudonyms, areas: AreaRedactor) {
    this.#policy = policy;
    this.#names = names;
    this.#areas = areas;
  }

  use(decoder: AreaDecoder | null): void {
    this.#elsewhere = decoder?.elsewhere ?? [];
  }

  /** `decoder`: what reads the metadata area, null = nothing does. */
  redact(event: EventFields, decoder: AreaDecoder | null): EventFields {
    const { cb: _, ...rest } = event;
    const cb = event.cb === undefined ? undefined : this.#controlBlock(event.cb);
    return {
      ...rest,
      metadata: this.#areas.redact(decoder, event.metadata),
      skb: this.#address(event.skb),
      head: this.#address(event.head),
      hash: Number(this.#hidden(BigInt(event.hash), 32)),
      mark: this.#mark(event.mark),
      priority: this.#policy.marks === 'keep' ? event.priority : 0,
      ...this.#extensions(event, decoder),
      ...(cb !== undefined && { cb }),
    };
  }

  #extensions(
    { task, drop, socketCookie, tap }: EventExtensions,
    decoder: AreaDecoder | null,
  ): EventExtensions {
    return {
      ...(task !== undefined && { task: this.#task(task) }),
      ...(drop !== undefined && { drop: { ...drop, location: this.#hidden(drop.location, 64) } }),
      ...(socketCookie !== undefined && { socketCookie: this.#hidden(socketCookie, 64) }),
      ...(tap !== undefined && { tap: this.#tap(tap, decoder) }),
    };
  }

  #task(task: NonNullable<EventExtensions['task']>): NonNullable<EventExtensions['task']> {
    if (this.#policy.names === 'keep') return task;
    // Numbers of threads and processes say nothing but who is the same.
    const number = (id: number): number => Number(this.#names.number(BigInt(id), 32)) & PID_MASK;
    return {
      pid: number(task.pid),
      tgid: number(task.tgid),
      comm: this.#names.name('process', task.comm),
    };
  }

  #tap(tap: TapExtension, decoder: AreaDecoder | null): TapExtension {
    if (tap.kind === TAP_KIND.hints && tap.bytes.length >= L.TAP_HINTS_SIZE) {
      const bytes = tap.bytes.slice(0, L.TAP_HINTS_SIZE);
      const v = new DataView(bytes.buffer);
      const hash = this.#hidden(BigInt(v.getUint32(L.TAP_HINTS_RX_HASH, true)), 32);
      v.setUint32(L.TAP_HINTS_RX_HASH, Number(hash), true);
      return { ...tap, bytes };
    }
    return { ...tap, bytes: this.#areas.redact(decoder, tap.bytes) };
  }

  #controlBlock(cb: Uint8Array): Uint8Array | undefined {
    if (this.#policy.controlBlock === 'keep') return cb;
    const part = this.#elsewhere.find(({ where }) => where.in === 'cb');
    return part === undefined ? undefined : this.#areas.redact(part.decoder, cb);
  }

  #mark(mark: number): number {
    const part = this.#elsewhere.find(({ where }) => where.in === 'mark');
    if (part === undefined) return this.#policy.marks === 'keep' ? mark : 0;
    const bytes = new Uint8Array(4);
    const v = new DataView(bytes.buffer);
    v.setUint32(0, mark, true);
    const redacted = this.#areas.redact(part.decoder, bytes);
    return new DataView(redacted.buffer).getUint32(0, true);
  }

  #address(address: bigint): bigint {
    if (this.#policy.kernelAddresses === 'keep' || address === 0n) return address;
    return this.#names.number(address, 64) | KERNEL_HALF;
  }

  #hidden(value: bigint, bits: 32 | 64): bigint {
    return this.#policy.kernelAddresses === 'keep' ? value : this.#names.number(value, bits);
  }
}

/** Numbers of processes are positive. */
const PID_MASK = 0x3fff_ffff;
/** Where the kernel's addresses are on every machine of 64 bits that it runs on. */
const KERNEL_HALF = 0xffff_0000_0000_0000n;
