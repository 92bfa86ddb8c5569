/** What people wrote, with the names and addresses of the share in place of those of the capture. */
import { shareAddress, type ExpressionRules } from './expression.ts';

/** What may be an address, or a network. */
const ADDRESSES =
  /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?:\/\d{1,3})?(?![\w:])/g;
/** Shorter names of processes are words of every sentence. */
const MIN_PROCESS_CHARS = 4;

/** Names are those that the capture has said so far; what somebody wrote of others goes as it is written. */
export function shareProse(text: string, { policy, names }: ExpressionRules): string {
  const plain =
    policy.addresses === 'keep'
      ? text
      : text.replace(ADDRESSES, (address) => shareAddress(address, names) || address);
  if (policy.names === 'keep') return plain;
  const processes = [...names.known(['process'])].filter(([name]) => name.length >= MIN_PROCESS_CHARS);
  const known = new Map([...processes, ...names.known(['host', 'device', 'netns'])]);
  if (known.size === 0) return plain;
  const any = [...known.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
  return plain.replace(
    new RegExp(`(?<![\\w.-])(?:${any})(?![\\w-])`, 'g'),
    (name) => known.get(name) ?? name,
  );
}
