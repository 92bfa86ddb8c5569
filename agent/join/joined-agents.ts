/** All agents that are joined, and what became of each: what pages are told. */
import { MAX_JOINED, type JoinedAgent } from '#core/protocol/messages.ts';
import { Failure } from '../failure.ts';
import type { Spool } from '../spool/spool.ts';
import { parseAgentLink } from './agent-link.ts';
import { JoinedAgentStream } from './joined-agent.ts';

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

  constructor(
    links: readonly URL[],
    spool: Pick<Spool, 'join'>,
    onChange: (agents: readonly JoinedAgent[]) => void,
  ) {
    this.#states = links.map(({ host }) => ({ host, link: 'connecting', text: '' }));
    this.#streams = links.map(
      (link, index) =>
        new JoinedAgentStream({
          link,
          input: spool.join(),
          onChange: (state) => {
            this.#states[index] = state;
            onChange([...this.#states]);
          },
        }),
    );
  }

  start(): void {
    for (const stream of this.#streams) this.#running.push(stream.run());
  }

  watchCost(on: boolean): void {
    for (const stream of this.#streams) stream.watchCost(on);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.stop()));
    await Promise.all(this.#running);
  }
}
