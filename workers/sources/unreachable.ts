/** What a page says of an agent from which no answer comes: the same words for the stream and for a request. */
import type { Problem } from '#core/pcapng/types.ts';

/** An agent started anew has another port and another token: this page can only reach the one it came from. */
export const AGENT_GONE: Problem = {
  code: 'live-agent-gone',
  offset: 0,
  cause: 'The agent has ended or does not answer.',
  remedy:
    'Start it again and open the new link it prints; what this page has can still be looked at, downloaded and shared.',
  fatal: false,
};

const OFFLINE: Problem = {
  code: 'live-agent-gone',
  offset: 0,
  cause: 'This computer is offline, so the agent cannot be reached.',
  remedy: 'The page goes on by itself when the network is back.',
  fatal: false,
};

/** Why no answer comes. Node, where the tests run, knows nothing of networks. */
export function unreachable(): Problem {
  const known = typeof navigator !== 'undefined' && 'onLine' in navigator;
  return known && !navigator.onLine ? OFFLINE : AGENT_GONE;
}
