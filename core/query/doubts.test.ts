import { describe, expect, it } from 'vitest';
import { CaptureStore } from '#core/store/capture-store.ts';
import { seen, trace } from '#core/store/testing/scenario.ts';
import { filterDoubts } from './doubts.ts';

const store = seen(
  { hook: 'netif_receive_skb', id: 1n, us: 0, meta: trace(1) },
  { hook: 'tcx/ingress@first', id: 1n, us: 1 },
);

function doubts(text: string): string[] {
  return filterDoubts(text, store).map(
    ({ from, to, cause, remedy }) => `${text.slice(from, to)} | ${cause} ${remedy}`,
  );
}

describe('what a filter asks for and this capture cannot have', () => {
  it.each([
    [
      'lost_at == "tcx ingres"',
      ['"tcx ingres" | No hop here is called “tcx ingres”. Did you mean "tcx ingress"?'],
    ],
    [
      'hop == nosuchhop',
      ['nosuchhop | No hop here is called “nosuchhop”. Seen: netif_receive_skb; tcx ingress, first.'],
    ],
    [
      'any(meta && !(hop != tcx))',
      ['tcx | No hop here is called “tcx”. Seen: netif_receive_skb; tcx ingress, first.'],
    ],
    [
      'hop ~ egress',
      ['egress | No hop here has “egress” in its name. Seen: netif_receive_skb; tcx ingress, first.'],
    ],
    [
      'latency("xdp", "tcx ingress") > 1us && hop == "cgroup in"',
      [
        '"xdp" | “xdp” was not observed here. Seen: netif_receive_skb; tcx ingress, first.',
        '"cgroup in" | “cgroup in” was not observed here. Seen: netif_receive_skb; tcx ingress, first.',
      ],
    ],
    [
      'latency("tcx ingres", "tcx ingress")',
      ['"tcx ingres" | No hop here is called “tcx ingres”. Did you mean "tcx ingress"?'],
    ],
    ['device == eth1', ['eth1 | No device here is called “eth1”. Did you mean "eth0"?']],
    ['port == 99999', ['99999 | There is no port 99999. They end at 65535.']],
    [
      'port.src in {1, 70000} || port.dst >= 65536',
      [
        '70000 | There is no port 70000. They end at 65535.',
        '65536 | There is no port 65536. They end at 65535.',
      ],
    ],
    ['vlan in 5000..6000', ['5000..6000 | There is no VLAN id 5000..6000. They end at 4095.']],
  ] as const)('“%s”', (text, expected) => {
    expect(doubts(text)).toEqual(expected);
  });

  it.each([
    '',
    'hop == "tcx ingress"',
    'lost_at in {netif_receive_skb, "TCX ingress, first"}',
    'written_at == "tcx ingress"',
    'hop ~ "TCX*first"',
    'latency(netif_receive_skb, "eth0:tcx/ingress@first") > 1us',
    'port < 99999',
    'port == 65535',
    'len == 99999',
    'journey.has("lost")',
    'hop == nosuchhop &&',
    'tlv.nothing == 1 && hop == nosuchhop',
  ])('none of “%s”', (text) => {
    expect(doubts(text)).toEqual([]);
  });

  it('none before the capture has a hop', () => {
    expect(filterDoubts('hop == nosuchhop', new CaptureStore())).toEqual([]);
  });
});
