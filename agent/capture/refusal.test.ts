import { expect, test } from 'vitest';
import { refusalOf } from './refusal.ts';

const ENDED = 'The probe ended (exit code 1): whither-probe: ';
const EPERM =
  'no BPF program loads here: the kernel refused to load the program: Operation not permitted (it takes CAP_BPF)';

test('a probe that could not begin is one line with cause and remedy', () => {
  const device = 'no device nosuch0 in this network namespace: No such device (ip link lists them).';
  expect(refusalOf(ENDED + device, true).line).toBe(
    'no device nosuch0 in this network namespace: No such device: ip link lists them.',
  );
  const filter =
    "the filter 'udp prt 7100': can't parse filter expression: syntax error (man 7 pcap-filter).";
  expect(refusalOf(ENDED + filter, true).line).toBe(
    "the filter 'udp prt 7100': can't parse filter expression: syntax error: man 7 pcap-filter.",
  );
  const map =
    '--map counts: several maps have this name (bpftool map lists them: give the id, or the path it is pinned at).';
  expect(refusalOf(ENDED + map, true).line).toBe(
    '--map counts: several maps have this name: bpftool map lists them: give the id, or the path it is pinned at.',
  );
  expect(refusalOf(`${ENDED}odd things happened.`, true).line).toBe(
    'odd things happened: whither doctor says what is missing.',
  );
  expect(refusalOf('/x/whither-probe does not exist: build the probe with npm run build.', true).line).toBe(
    '/x/whither-probe does not exist: build the probe with npm run build.',
  );
});

test('who lacks privileges is told to be root, unless it is root already', () => {
  expect(refusalOf(`${ENDED}${EPERM}.`, false).line).toBe(
    'live capture needs privileges that this user lacks: run as root, or see whither doctor.',
  );
  expect(refusalOf(`${ENDED}${EPERM}.`, true).line).toBe(`${EPERM}: whither doctor says what is missing.`);
});
