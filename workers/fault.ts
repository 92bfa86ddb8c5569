/**
 * What went wrong as a person is told it: a cause and a remedy. Comlink carries only name, message and
 * stack of an Error, so both ends install a transfer handler that brings a Fault across whole.
 */
import { transferHandlers, type TransferHandler } from 'comlink';

export class Fault extends Error {
  /** Stable identifier for tests and links: `url-not-found`, `live-unauthorised`, … */
  readonly code: string;
  /** What is wrong, in one sentence. */
  override readonly cause: string;
  /** What a person can do about it, in one sentence. */
  readonly remedy: string;

  constructor(code: string, cause: string, remedy: string) {
    super(`${cause} ${remedy}`);
    this.name = 'Fault';
    this.code = code;
    this.cause = cause;
    this.remedy = remedy;
  }
}

/** Any thrown value as a Fault; what is not one is a defect of ours and says so. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault(
    'internal',
    `Something failed inside Whither: ${what}.`,
    'Open the capture again; if it happens again, please report it with the capture.',
  );
}

interface ThrownValue {
  readonly value: unknown;
}
interface WireFault {
  readonly whitherFault: { readonly code: string; readonly cause: string; readonly remedy: string };
}

function isWireFault(wire: unknown): wire is WireFault {
  return typeof wire === 'object' && wire !== null && 'whitherFault' in wire;
}

let installed = false;

/** Once in the page and once in the worker, before the first call. */
export function installFaultTransfer(): void {
  if (installed) return;
  installed = true;
  const plain = transferHandlers.get('throw') as TransferHandler<ThrownValue, unknown>;
  const handler: TransferHandler<ThrownValue, unknown> = {
    canHandle: (value): value is ThrownValue => plain.canHandle(value),
    serialize(thrown) {
      if (!(thrown.value instanceof Fault)) return plain.serialize(thrown);
      const { code, cause, remedy } = thrown.value;
      return [{ whitherFault: { code, cause, remedy } } satisfies WireFault, []];
    },
    deserialize(wire) {
      if (!isWireFault(wire)) return plain.deserialize(wire);
      const { code, cause, remedy } = wire.whitherFault;
      throw new Fault(code, cause, remedy);
    },
  };
  transferHandlers.set('throw', handler);
}
