/** The rules of a policy in words: what each takes out, and what whoever gets the share then cannot see. */
import type { SharePolicy } from '#workers/api.ts';

export type Rule = Exclude<keyof SharePolicy, 'values'>;

/** In the order of docs/share.md; `cost` is what is lost when the rule is in force. */
export const RULES: readonly { readonly rule: Rule; readonly text: string; readonly cost: string }[] = [
  {
    rule: 'payload',
    text: 'payload is cut off',
    cost: 'nobody sees what was sent, and checksums over it are 0',
  },
  {
    rule: 'addresses',
    text: 'addresses are pseudonyms',
    cost: 'who it was is not seen; who was the same, is',
  },
  {
    rule: 'names',
    text: 'hosts, devices, namespaces, processes are dev1, process1, …',
    cost: 'which device it was only you know',
  },
  {
    rule: 'programs',
    text: 'BPF programs and maps are program1, …',
    cost: 'who wrote and who lost has no name',
  },
  {
    rule: 'kernelAddresses',
    text: 'kernel addresses, cookies, hashes are pseudonyms',
    cost: 'they cannot be compared with a crash dump',
  },
  { rule: 'marks', text: 'marks and priorities are dropped', cost: 'what a mark decided is not seen' },
  {
    rule: 'controlBlock',
    text: 'control blocks are dropped',
    cost: 'cb is not seen, but for what the schema reads',
  },
  {
    rule: 'texts',
    text: 'comments and free texts are dropped',
    cost: 'no comments, filter expressions, descriptions',
  },
  { rule: 'unknown', text: 'what no schema names is zeros', cost: 'unknown TLVs keep type and length alone' },
];

/** Whether the rule takes something out. */
export function isInForce(policy: SharePolicy, rule: Rule): boolean {
  return policy[rule] !== 'keep';
}

export function withRule(policy: SharePolicy, rule: Rule, force: boolean): SharePolicy {
  const taken = ['addresses', 'names', 'programs', 'kernelAddresses'].includes(rule) ? 'pseudonym' : 'drop';
  return { ...policy, [rule]: force ? taken : 'keep' };
}
