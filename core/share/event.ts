/** What the kernel said of a packet, without addresses that would help somebody who attacks it, and without names. */
import * as L from '#core/format/layout.gen.ts';
import { TAP_KIND } from '#core/format/structs.ts';
import type { AreaDecoder } from '#core/metadata/area-scan.ts';
import type {
  BesideExtension,
  EventExtensions,
  EventFields,
  SeenOperation,
  TapExtension,
} from '#core/pcapng/event.ts';
import type { AreaRedactor } from './area.ts';
import type { NumberKind } from './numbers.ts';
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
    const { hook, metaState, metaLen, cpu, queue, macOffset, dataOffset, networkOffset } = event;
    const { flags, skbLen, dataLen, skbIif, protocol, vlanTci, endOffset } = event;
    return {
      hook,
      metaState,
      metaLen,
      metadata: this.#areas.redact(decoder, event.metadata),
      cpu,
      queue,
      skb: this.#hidden('kernel', event.skb),
      head: this.#hidden('kernel', event.head),
      macOffset,
      dataOffset,
      networkOffset,
      flags,
      skbLen,
      dataLen,
      mark: this.#mark(event.mark),
      priority: this.#policy.marks === 'keep' ? event.priority : 0,
      hash: Number(this.#hidden('hash', BigInt(event.hash))),
      skbIif,
      protocol,
      vlanTci,
      endOffset,
      ...this.#extensions(event, decoder),
    };
  }

  #extensions(
    { task, drop, socketCookie, cb, beside, link, tap, program, operations }: EventExtensions,
    decoder: AreaDecoder | null,
  ): EventExtensions {
    const shownCb = cb === undefined ? undefined : this.#controlBlock(cb);
    return {
      ...(task !== undefined && { task: this.#task(task) }),
      ...(drop !== undefined && {
        drop: { reason: drop.reason, location: this.#hidden('kernel', drop.location) },
      }),
      ...(socketCookie !== undefined && { socketCookie: this.#hidden('cookie', socketCookie) }),
      ...(shownCb !== undefined && { cb: shownCb }),
      ...(beside !== undefined && { beside: besideOf(beside) }),
      ...(link !== undefined && { link: { kind: link.kind, journey: link.journey } }),
      ...(tap !== undefined && { tap: this.#tap(tap, decoder) }),
      ...(program !== undefined && {
        program: { id: program.id, kind: program.kind, verdict: program.verdict },
      }),
      ...(operations !== undefined && { operations: operations.map(operationOf) }),
    };
  }

  #task(task: NonNullable<EventExtensions['task']>): NonNullable<EventExtensions['task']> {
    const { pid, tgid, comm } = task;
    if (this.#policy.names === 'keep') return { pid, tgid, comm };
    // Numbers of threads and processes say nothing but who is the same.
    const number = (id: number): number => Number(this.#names.numbers.hidden('process', BigInt(id)));
    return { pid: number(pid), tgid: number(tgid), comm: this.#names.name('process', comm) };
  }

  #tap({ kind, join, bytes: said }: TapExtension, decoder: AreaDecoder | null): TapExtension {
    if (kind === TAP_KIND.hints && said.length >= L.TAP_HINTS_SIZE) {
      const bytes = said.slice(0, L.TAP_HINTS_SIZE);
      const v = new DataView(bytes.buffer);
      const hash = this.#hidden('hash', BigInt(v.getUint32(L.TAP_HINTS_RX_HASH, true)));
      v.setUint32(L.TAP_HINTS_RX_HASH, Number(hash), true);
      return { kind, join, bytes };
    }
    return { kind, join, bytes: this.#areas.redact(decoder, said) };
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

  #hidden(kind: NumberKind, value: bigint): bigint {
    return this.#policy.kernelAddresses === 'keep' ? value : this.#names.numbers.hidden(kind, value);
  }
}

function besideOf({ hwtstamp, vlanProto, skbExtensions }: BesideExtension): BesideExtension {
  return { hwtstamp, vlanProto, skbExtensions };
}

function operationOf(seen: SeenOperation): SeenOperation {
  const { operation, returned, headChanged, metaBefore, metaAfter, macBefore, macAfter } = seen;
  return { operation, returned, headChanged, metaBefore, metaAfter, macBefore, macAfter };
}
