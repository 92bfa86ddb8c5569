/** Questions that people come with, as filters. */

export interface Example {
  readonly question: string;
  readonly filter: string;
}

const ALWAYS: readonly Example[] = [
  { question: 'Which packets lost their metadata?', filter: 'state == lost' },
  { question: 'Where do the bytes differ although no program wrote them?', filter: 'state == clobbered' },
  { question: 'Whose metadata may be something else by now?', filter: 'state in {suspect, unreadable}' },
  { question: 'Which never had any?', filter: '!meta' },
  { question: 'Which had metadata at every hop?', filter: 'every(meta)' },
  { question: 'Which were dropped?', filter: 'drop' },
  {
    question: 'Which losses are not explained?',
    filter: 'any(state in {lost, suspect, clobbered} && known == unknown)',
  },
  { question: 'Which went to this network?', filter: 'ip.dst in 10.0.0.0/8' },
  { question: 'Which took longer than a millisecond?', filter: 'journey.duration > 1ms' },
];

/** With questions about the first TLV of the schema in force, if there is one. */
export function examplesFor(tlvNames: readonly string[]): readonly Example[] {
  const [first] = tlvNames;
  if (first === undefined || !/^\w+$/.test(first)) return ALWAYS;
  return [
    { question: `Which carried ${first}, and lost it?`, filter: `tlv.${first} && state == lost` },
    { question: `Which had metadata, but no ${first}?`, filter: `meta && !tlv.${first}` },
    ...ALWAYS,
  ];
}
