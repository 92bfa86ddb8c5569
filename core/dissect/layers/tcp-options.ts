/** Options of TCP (RFC 9293 3.1): 0 ends, 1 is one byte, every other has a length that includes kind and length. */
import type { Layer } from '../layer.ts';
import { TCP_OPTION_NAMES } from '../option-names.ts';
import { mptcpOption } from './mptcp.ts';

const OPTION = {
  mss: 2,
  windowScale: 3,
  sack: 5,
  echo: 6,
  echoReply: 7,
  timestamps: 8,
  md5: 19,
  userTimeout: 28,
  authentication: 29,
  mptcp: 30,
  fastOpen: 34,
  accurateEcn0: 172,
  accurateEcn1: 174,
  experiment1: 253,
  experiment2: 254,
} as const;

/** The experiment ID of fast open before it had a kind of its own (RFC 7413 4.1.1). */
const EXPERIMENT_FAST_OPEN = 0xf989;
/** RFC 7323 2.3: a greater shift count is taken as this. */
const MAX_WINDOW_SHIFT = 14;

/** Adds the options in bytes [from, until) of the packet. */
export function tcpOptions(layer: Layer, from: number, until: number): void {
  const { bytes } = layer;
  for (let at = from; at < until && !layer.cut;) {
    const start = at;
    const kind = layer.has(at, 1) ? bytes[at]! : 0;
    const single = kind <= 1;
    const size = single ? 1 : layer.has(at, 2) && at + 2 <= until ? bytes[at + 1]! : 2;
    const name = TCP_OPTION_NAMES[kind] ?? `kind ${kind}`;
    layer.group('tcp.option', start, Math.min(single ? 1 : Math.max(2, size), until - start), name, () => {
      layer.add('tcp.option_kind', start, 1);
      if (single || start + 1 >= until || !layer.add('tcp.option_len', start + 1, 1)) return;
      if (size < 2 || start + size > until) layer.note('Bad option length', size.toString(), start + 1, 1);
      else if (size > 2) optionValue(layer, kind, start + 2, start + size);
    });
    // Behind the end of the options is padding.
    if (kind === 0 || size < 1 || (!single && size < 2)) return;
    at += size;
  }
}

/** The value is shown as its fields where its length is that of the option, as bytes otherwise. */
function optionValue(layer: Layer, kind: number, at: number, until: number): void {
  const size = until - at;
  switch (kind) {
    case OPTION.mss:
      if (size !== 2) break;
      layer.add('tcp.options.mss_val', at, 2);
      return;
    case OPTION.windowScale:
      if (size !== 1) break;
      windowScale(layer, at);
      return;
    case OPTION.sack:
      if (size % 8 !== 0) break;
      for (let edge = at; edge < until; edge += 8) {
        layer.add('tcp.options.sack_le', edge, 4);
        layer.add('tcp.options.sack_re', edge + 4, 4);
      }
      return;
    case OPTION.echo:
    case OPTION.echoReply:
      if (size !== 4) break;
      layer.add('tcp.options.echo_value', at, 4);
      return;
    case OPTION.timestamps:
      if (size !== 8) break;
      layer.add('tcp.options.timestamp.tsval', at, 4);
      layer.add('tcp.options.timestamp.tsecr', at + 4, 4);
      return;
    case OPTION.md5:
      if (size !== 16) break;
      layer.add('tcp.options.md5.digest', at, 16);
      return;
    case OPTION.userTimeout:
      if (size !== 2) break;
      layer.bits('tcp.options.user_to_granularity', at, 2, 15, 1);
      layer.bits('tcp.options.user_to_val', at, 2, 0, 15);
      return;
    case OPTION.authentication:
      if (size < 2) break;
      layer.add('tcp.options.ao.keyid', at, 1);
      layer.add('tcp.options.ao.rnextkeyid', at + 1, 1);
      if (size > 2) layer.add('tcp.options.ao.mac', at + 2, size - 2);
      return;
    case OPTION.mptcp:
      mptcpOption(layer, at, until);
      return;
    case OPTION.fastOpen:
      layer.add('tcp.options.tfo.cookie', at, size);
      return;
    case OPTION.accurateEcn0:
    case OPTION.accurateEcn1:
      accurateEcn(layer, kind === OPTION.accurateEcn0, at, until);
      return;
    case OPTION.experiment1:
    case OPTION.experiment2:
      if (size < 2) break;
      experiment(layer, at, until);
      return;
  }
  layer.add('tcp.options.unknown.payload', at, size);
}

function windowScale(layer: Layer, at: number): void {
  layer.add('tcp.options.wscale.shift', at, 1);
  if (layer.cut) return;
  const value = 2 ** Math.min(layer.bytes[at]!, MAX_WINDOW_SHIFT);
  layer.add('tcp.options.wscale.multiplier', at, 1, { value });
}

/** draft-ietf-tcpm-accurate-ecn 3.2.3: up to three counters of 24 bits, in one of two orders. */
function accurateEcn(layer: Layer, order0: boolean, at: number, until: number): void {
  const counters = order0
    ? (['tcp.options.acc_ecn.ee0b', 'tcp.options.acc_ecn.eceb', 'tcp.options.acc_ecn.ee1b'] as const)
    : (['tcp.options.acc_ecn.ee1b', 'tcp.options.acc_ecn.eceb', 'tcp.options.acc_ecn.ee0b'] as const);
  counters.forEach((name, i) => {
    if (at + 3 * i + 3 <= until) layer.add(name, at + 3 * i, 3);
  });
}

/** RFC 6994: an experiment ID of 2 bytes (or 4, the first two of which are shown), then what the experiment says. */
function experiment(layer: Layer, at: number, until: number): void {
  layer.add('tcp.options.experimental.exid', at, 2);
  if (layer.cut || until <= at + 2) return;
  const fastOpen = layer.bytes[at]! * 256 + layer.bytes[at + 1]! === EXPERIMENT_FAST_OPEN;
  layer.add(fastOpen ? 'tcp.options.tfo.cookie' : 'tcp.options.experimental.data', at + 2, until - at - 2);
}
