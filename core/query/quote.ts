/** Texts and names as the filter language has them (docs/filter.md), for whoever writes an expression. */

/** In quotation marks, which is right wherever a text may stand. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The field of a TLV: `tlv.trace_id`, and `tlv["a name"]` where the name is no word of the language. */
export function tlvFieldText(name: string): string {
  return /^[\w.:/@#+-]+$/.test(name) ? `tlv.${name}` : `tlv[${quoted(name)}]`;
}
