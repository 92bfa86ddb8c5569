/** All agents that are joined, and what became of each: what pages are told. */
import { MAX_JOINED, type JoinedAgent } from '#core/protocol/messages.ts';
import { Failure } from '../failure.ts';
import type { Spool } from '../spool/spool.ts';
import { parseAgentLink } from './agent-link.ts';
import { JoinedAgentStream } from './joined-agent.ts';

const TELL_INTERVAL_MS = 250;

/** Failure for what is no link, and for too many. */
export function linksOf(texts: readonly string[]): readonly URL[] {
  if (texts.length > MAX_JOINED) {
    throw new Failure(
      `${texts.length} agents are too many to join`,
      `give --join at most ${MAX_JOINED} times`,
    );
  }
  // One that is given twice is joined once.
  return [...new Map(texts.map(parseAgentLink).map((link) => [link.href, link])).values()];
}

export class JoinedAgents {
  readonly #streams: readonly JoinedAgentStream[];
  readonly #states: JoinedAgent[];
  readonly #running: Promise<void>[] = [];
  readonly #onChange: (agents: readonly JoinedAgent[]) => void;
  #toldAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;

  /** `onChange` hears of changes at most every TELL_INTERVAL_MS, however many an agent has. */
  constructor(
    links: readonly URL[],
    spool: Pick<Spool, 'join'>,
    onChange: (agents: readonly JoinedAgent[]) => void,
  ) {
    this.#onChange = onChange;
    this.#states = links.map(({ host }) => ({ host, link: 'connecting', text: '' }));
    /** The log that each has said it sends, '' = none yet: one at a time, for an agent may be started anew, or come by another link. */
    const claimed = links.map(() => '');
    this.#streams = links.map(
      (link, index) =>
        new JoinedAgentStream({
          link,
          input: spool.join(),
          claim: (id) => {
            if (claimed.some((other, k) => other === id && k !== index)) return false;
            claimed[index] = id;
            return true;
          },
          onChange: (state) => {
            this.#states[index] = state;
            this.#tellSoon();
          },
        }),
    );
  }

  start(): void {
    for (const stream of this.#streams) this.#running.push(stream.run());
  }

  async stop(): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.stop()));
    await Promise.all(this.#running);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #tellSoon(): void {
    if (this.#timer !== null) return;
    const wait = this.#toldAt + TELL_INTERVAL_MS - performance.now();
    if (wait <= 0) this.#tell();
    else this.#timer = setTimeout(() => this.#tell(), wait);
  }

  #tell(): void {
    this.#timer = null;
    this.#toldAt = performance.now();
    this.#onChange([...this.#states]);
  }
}
