/** The shape of `maps`. */
import * as v from 'valibot';
import { MAX_MAP_KEY_BYTES, MAX_MAP_VALUE_BYTES } from '#core/pcapng/map-sample.ts';
import { framing } from './shape-framing.ts';
import { endian, integer, kindOf, list, MAX_U32, object, oneOf } from './shape-parts.ts';

export const MAX_MAP_RULES = 16;
const MAX_MAP_NAME = 15;

/** Name as the kernel has it, or id. */
const mapNameOrId = v.union(
  [
    integer(1, MAX_U32),
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9_.]{1,15}$/, `must be a name of at most ${MAX_MAP_NAME} characters`),
    ),
  ],
  (issue) => `must be the name or the id of a map, it is ${kindOf(issue.input)}`,
);

const keyField = object({
  field: v.pipe(
    oneOf(['source', 'destination', 'sourcePort', 'destinationPort', 'protocol', 'cookie', 'hash']),
    v.description('What of the packet it is compared with.'),
  ),
  offset: v.pipe(integer(0, MAX_MAP_KEY_BYTES - 1), v.description('Bytes from the start of the key.')),
  size: v.pipe(oneOf([1, 2, 4, 8, 16]), v.description('Bytes: 4 or 16 of an address.')),
  endian: v.exactOptional(
    v.pipe(endian, v.description('Default big for addresses and ports, little for the others.')),
  ),
});

export const mapRule = object({
  map: v.pipe(
    mapNameOrId,
    v.description('Name of the map, as the kernel has it (cut to 15 characters), or its id.'),
  ),
  key: v.pipe(
    object({
      kind: v.pipe(
        oneOf(['5-tuple', 'socket-cookie', 'skb-hash']),
        v.description(
          'What ties an entry to packets: fields of the flow, the cookie of the socket, skb->hash.',
        ),
      ),
      fields: v.pipe(
        list(keyField, 5),
        v.minLength(1, 'must not be empty'),
        v.description('Where in the key they are. Of a flow, what is not named is not compared.'),
      ),
      directions: v.exactOptional(
        v.pipe(
          oneOf(['one', 'both']),
          v.description('5-tuple: both = an entry is also that of the packets that answer. Default one.'),
        ),
      ),
    }),
    v.description('How an entry is tied to packets.'),
  ),
  value: v.pipe(
    object({
      offset: v.pipe(
        integer(0, MAX_MAP_VALUE_BYTES - 1),
        v.description('Bytes of the value before its TLVs.'),
      ),
      framing: v.exactOptional(v.pipe(framing, v.description('Default: that of the area.'))),
    }),
    v.description('Where the TLVs are.'),
  ),
});
