/** What a trigger does at the moment, for people. */
import type { Trigger } from './trigger.ts';

const MILLION = 1e6;
const THOUSAND = 1e3;

/** `armed: waiting for metadata lost; 1.2 M events seen`, without a final full stop. */
export function triggerText(trigger: Trigger): string {
  const { options, phase, firings, hopeless } = trigger;
  const times = firings === 1 ? 'once' : `${firings} times`;
  const fired = firings === 0 ? '' : `; fired ${times}, last by ${trigger.lastFiring}`;
  const seen = `${rough(trigger.seen)} events seen`;
  switch (phase) {
    case 'armed': {
      const vain = hopeless === '' ? '' : ` (${hopeless})`;
      return `armed: waiting for ${options.condition.text}${vain}; ${seen}${fired}`;
    }
    case 'following':
      return `keeping the ${options.after} journeys behind it${fired}`;
    case 'spent':
      return `keeping nothing more, ${options.once ? 'as asked' : 'it has fired too often'}${fired}; ${seen}`;
  }
}

/** At the end of a capture, a sentence. */
export function triggerSummary({ firings, cut, leftOutEvents, seen }: Trigger): string {
  const times = firings === 0 ? 'never' : firings === 1 ? 'once' : `${firings} times`;
  const short = cut === 0 ? '' : `, ${cut} of them without the first events of their journey`;
  return `The trigger fired ${times}${short}; ${leftOutEvents} of ${seen} events were left out.`;
}

function rough(count: number): string {
  if (count >= MILLION) return `${(count / MILLION).toFixed(1)} M`;
  return count >= THOUSAND ? `${(count / THOUSAND).toFixed(1)} k` : String(count);
}
