/** Agents whose streams come with this one's, in a line of their own, each with its link; a click asks for its host alone. */
import type { JoinedAgent } from '#core/protocol/messages.ts';
import { quoted } from '#core/query/quote.ts';
import { valueProps } from '#src/keys/focused-value.ts';
import { usePage, useSession } from '#src/state/context.ts';
import './joined-agents.css';

const WORDS: Readonly<Record<JoinedAgent['link'], string>> = {
  live: 'live',
  connecting: 'reconnecting',
  ended: 'ended',
};
const DOTS: Readonly<Record<JoinedAgent['link'], string>> = {
  live: 'dot-live pulse',
  connecting: 'dot-reconnecting pulse',
  ended: 'dot-failed',
};

interface Props {
  readonly agents: readonly JoinedAgent[];
}

export default function JoinedAgents({ agents }: Props) {
  const session = useSession();
  const where = usePage((state) => state.link.where);
  const places = usePage((state) => state.places);
  return (
    <section className="joined-agents" aria-label="Joined agents">
      <span className="muted">joined</span>
      {agents.map(({ host, link, text }, i) => {
        const filter = `host == ${quoted(host)}`;
        const isOn = where === filter;
        return (
          <button
            key={i}
            className="joined-agent"
            data-link={link}
            aria-pressed={isOn}
            // Before it has said its name, and shown a hook, nothing is by this host.
            disabled={!isOn && !places.some((place) => place.host === host)}
            title={`${text}\nFilter: ${filter}`}
            onClick={() => session.filter.set({ where: isOn ? '' : filter })}
            {...valueProps('host', host)}
          >
            <i className={`dot ${DOTS[link]}`} aria-hidden="true" />
            <span>{WORDS[link]}</span>
            <b>{host}</b>
            <span className="joined-text muted">{text}</span>
          </button>
        );
      })}
      <span className="hidden-text" role="status">
        {agents.map(({ host, link }) => `${host} ${WORDS[link]}`).join(', ')}
      </span>
    </section>
  );
}
