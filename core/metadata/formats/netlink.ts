/**
 * Netlink attributes, which some keep in map values: include/uapi/linux/netlink.h struct nlattr. u16 length that counts
 * itself, u16 type with two flags above its 14 bits, both in host order; each attribute begins at a multiple of 4.
 */
import { schema, tlvs, type Format } from './parts.ts';

export const NETLINK: Format = {
  id: 'netlink',
  title: 'Netlink attributes',
  reference: 'include/uapi/linux/netlink.h struct nlattr',
  schema: schema('netlink', {
    framing: tlvs({
      lengthAt: 0,
      lengthBytes: 2,
      typeAt: 2,
      typeBytes: 2,
      typeMask: 0x3fff,
      lengthIncludesHeader: true,
      align: 4,
      endian: 'little',
    }),
    types: [],
  }),
};
