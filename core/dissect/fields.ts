/**
 * The catalogue: every field that the tree of a packet can have, by its name. A name is Wireshark's display filter where
 * there is one, so that what a filter language calls `tcp.flags.syn` is what tshark does; `tshark.test.ts` holds
 * names and values against it.
 */
import type { FieldSpec } from './field-spec.ts';
import { IP_OPTION_FIELDS } from './fields/ip-options.ts';
import { LINK_FIELDS } from './fields/link.ts';
import { NETWORK_FIELDS } from './fields/network.ts';
import { PROXY_FIELDS } from './fields/proxy.ts';
import { TCP_OPTION_FIELDS } from './fields/tcp-options.ts';
import { TRANSPORT_FIELDS } from './fields/transport.ts';
import { TUNNEL_FIELDS } from './fields/tunnels.ts';

const CATALOGUE = {
  ...LINK_FIELDS,
  ...NETWORK_FIELDS,
  ...IP_OPTION_FIELDS,
  ...TRANSPORT_FIELDS,
  ...TCP_OPTION_FIELDS,
  ...TUNNEL_FIELDS,
  ...PROXY_FIELDS,
} as const;

/** A field that the dissector can name: a typo is a type error. */
export type FieldName = keyof typeof CATALOGUE;

export const FIELDS: Readonly<Record<FieldName, FieldSpec>> = CATALOGUE;

/** In the order of the catalogue: outer layers first. */
export const FIELD_NAMES = Object.keys(CATALOGUE) as readonly FieldName[];

/** What a person wrote, if it is a field. */
export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(CATALOGUE, name);
}
