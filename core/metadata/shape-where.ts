/** The shape of `where` and `when`: which bytes a schema is for. */
import * as v from 'valibot';
import { MAX_MAP_VALUE_BYTES } from '#core/pcapng/map-sample.ts';
import { mapNameOrId } from './shape-maps.ts';
import { hexBytes, integer, kindOf, list, object, oneOf, text } from './shape-parts.ts';
import { MAX_NAME_LENGTH } from './shape-types.ts';

/** Devices or programs of one schema. */
const MAX_SELECTORS = 64;
/** Bytes that a schema is chosen by, or that are searched for in a packet. */
export const MAX_MATCH_BYTES = 32;
/** Where in an area they are. */
const MAX_MATCH_OFFSET = 252;

const anchor = v.variant(
  'anchor',
  [
    object({
      anchor: v.pipe(
        oneOf(['udp-payload', 'tcp-payload']),
        v.description('Payload of a packet from or to a port.'),
      ),
      port: v.pipe(integer(1, 65535), v.description('Source or destination.')),
    }),
    object({
      anchor: v.pipe(
        oneOf(['ipv4-option', 'tcp-option', 'hop-by-hop-option', 'destination-option']),
        v.description('Data of an option.'),
      ),
      option: v.pipe(integer(0, 255), v.description('Its kind.')),
    }),
    object({
      anchor: v.pipe(
        oneOf(['geneve-options', 'proxy-v2-tlvs', 'nsh-md2', 'srh-tlvs']),
        v.description('The list of options or TLVs that a header carries.'),
      ),
    }),
    object({
      anchor: v.pipe(v.literal('after-bytes'), v.description('Behind bytes that are searched for.')),
      bytes: v.pipe(hexBytes(MAX_MATCH_BYTES), v.description('Hexadecimal; the first place that has them.')),
    }),
  ],
  (issue) => `must be an object with an anchor that is known, it is ${kindOf(issue.input)}`,
);

export const where = v.variant(
  'in',
  [
    object({
      in: v.pipe(
        oneOf(['area', 'mark', 'cb', 'tap']),
        v.description('The metadata area, skb->mark, skb->cb, or what a tap shows.'),
      ),
    }),
    object({
      in: v.pipe(v.literal('packet'), v.description("The packet's own bytes.")),
      at: v.pipe(anchor, v.description('Where in the packet.')),
    }),
    object({
      in: v.pipe(v.literal('map'), v.description('Values of a BPF map, sampled with --map.')),
      map: v.pipe(mapNameOrId, v.description('Name of the map, as the kernel has it, or its id.')),
      offset: v.exactOptional(
        v.pipe(integer(0, MAX_MAP_VALUE_BYTES - 1), v.description('Bytes of the value before. Default 0.')),
      ),
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
