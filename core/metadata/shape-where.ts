/** The shape of `where` and `when`: which bytes a schema is for. */
import * as v from 'valibot';
import { hexBytes, integer, kindOf, list, object, oneOf, text } from './shape-parts.ts';
import { MAX_NAME_LENGTH } from './shape-types.ts';

/** Devices or programs of one schema. */
const MAX_SELECTORS = 64;
/** Bytes that are searched for in a packet, or that an option begins with. */
const MAX_PATTERN_BYTES = 16;
/** Bytes that a schema is chosen by. */
export const MAX_MATCH_BYTES = 32;
/** Where in an area they are. */
const MAX_MATCH_OFFSET = 252;

const option = v.pipe(integer(0, 255), v.description('Its kind: the whole type byte.'));

const anchor = v.variant(
  'kind',
  [
    object({
      kind: v.pipe(
        oneOf(['udp-payload', 'tcp-payload']),
        v.description('Payload of a packet from or to a port.'),
      ),
      port: v.pipe(integer(1, 65535), v.description('Source or destination.')),
    }),
    object({
      kind: v.pipe(v.literal('tcp-option'), v.description('Value of an option of TCP.')),
      option,
      magic: v.exactOptional(
        v.pipe(
          hexBytes(MAX_PATTERN_BYTES),
          v.description('Of an experiment (RFC 6994): what its value begins with. Hexadecimal.'),
        ),
      ),
    }),
    object({
      kind: v.pipe(
        oneOf(['ipv4-option', 'ipv6-hop-by-hop-option', 'ipv6-destination-option']),
        v.description('Value of an option.'),
      ),
      option,
    }),
    object({
      kind: v.pipe(v.literal('geneve-option'), v.description('Data of one option of Geneve.')),
      optionClass: v.pipe(integer(0, 65535), v.description('Its class.')),
      type: v.pipe(integer(0, 255), v.description('Its type, with the critical bit.')),
    }),
    object({
      kind: v.pipe(
        oneOf(['geneve-options', 'nsh-context', 'nsh-tlvs', 'srh-tlvs', 'proxy-tlvs', 'gue-fields']),
        v.description('The list of options or TLVs that a header carries.'),
      ),
    }),
    object({
      kind: v.pipe(v.literal('after-bytes'), v.description('Behind bytes that are searched for.')),
      bytes: v.pipe(
        hexBytes(MAX_PATTERN_BYTES),
        v.description('Hexadecimal; the first place that has them.'),
      ),
    }),
  ],
  (issue) => `must be an object with a kind of place that is known, it is ${kindOf(issue.input)}`,
);

export const where = v.variant(
  'in',
  [
    object({
      in: v.pipe(oneOf(['area', 'mark', 'cb']), v.description('The metadata area, skb->mark, or skb->cb.')),
    }),
    object({
      in: v.pipe(v.literal('packet'), v.description("The packet's own bytes.")),
      at: v.pipe(anchor, v.description('Where in the packet.')),
    }),
  ],
  (issue) => `must be an object with a place that is known, it is ${kindOf(issue.input)}`,
);

const names = v.pipe(
  list(v.pipe(text(MAX_NAME_LENGTH), v.minLength(1, 'must not be empty')), MAX_SELECTORS),
  v.minLength(1, 'must not be empty'),
);

export const when = object({
  devices: v.exactOptional(v.pipe(names, v.description('Areas that are seen at one of these devices.'))),
  programs: v.exactOptional(
    v.pipe(names, v.description('Areas that are written by one of these BPF programs, by name.')),
  ),
  bytes: v.exactOptional(
    v.pipe(
      object({
        value: v.pipe(hexBytes(MAX_MATCH_BYTES), v.description('Hexadecimal digits.')),
        mask: v.exactOptional(
          v.pipe(hexBytes(MAX_MATCH_BYTES), v.description('Bits that count, as long as value. Default all.')),
        ),
        at: v.exactOptional(
          v.pipe(
            integer(-MAX_MATCH_OFFSET, MAX_MATCH_OFFSET),
            v.description('Offset in the area, negative from its end. Default 0.'),
          ),
        ),
      }),
      v.description('Areas that have these bytes.'),
    ),
  ),
});
