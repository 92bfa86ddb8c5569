/** The worker that the page talks to: started on first use, another in its place when it has died. */
import type { WhitherWorker } from '#workers/api.ts';
import { asFault } from '#workers/fault.ts';
import type { Problem } from '#core/pcapng/types.ts';
import type { PageStore } from './store.ts';

/** One living worker. `died` resolves with the cause when it dies; `close` ends it on purpose. */
export interface Connection {
  readonly api: WhitherWorker;
  readonly died: Promise<string>;
  close(): void;
}

/** Problems of the page that are kept: the newest. */
const MAX_PROBLEMS = 5;

export class WorkerSlot {
  readonly #store: PageStore;
  readonly #connect: () => Connection;
  #connection: Connection | null = null;

  constructor(store: PageStore, connect: () => Connection) {
    this.#store = store;
    this.#connect = connect;
  }

  /** Started by the first call, if it is not yet. */
  get api(): WhitherWorker {
    return this.start().api;
  }

  start(): Connection {
    if (this.#connection !== null) return this.#connection;
    const connection = this.#connect();
    this.#connection = connection;
    void connection.died.then((cause) => {
      if (this.#connection === connection) this.#store.setState({ dead: cause });
    });
    return connection;
  }

  /** null: none was needed so far. */
  get started(): WhitherWorker | null {
    return this.#connection?.api ?? null;
  }

  /** One more, for what is not to disturb the one in use. Whoever asks ends it. */
  another(): Connection {
    return this.#connect();
  }

  /** Ends the connection to a dead worker: the next call starts another. */
  bury(): void {
    this.#connection?.close();
    this.#connection = null;
    this.#store.setState({ dead: null });
  }

  report(problem: Problem): void {
    const { problems } = this.#store.getState();
    this.#store.setState({ problems: [...problems.slice(1 - MAX_PROBLEMS), problem] });
  }

  /** One error surface for every call that did not work out; `what` did not, in a few words. */
  failed(error: unknown, what: string): void {
    // A dead worker rejects everything at once; its banner says so better than ten errors.
    if (this.#store.getState().dead !== null) return;
    const { code, cause, remedy } = asFault(error);
    this.report({ code, offset: 0, cause: `${what}: ${cause}`, remedy, fatal: false });
  }

  /** A call whose answer nobody waits for. */
  guard(call: Promise<unknown> | undefined, what: string): void {
    call?.catch((error: unknown) => this.failed(error, what));
  }
}
