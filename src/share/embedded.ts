/** The capture that came inside of this page (core/share/html.ts), if there is one. */
import { EMBEDDED_ID, MAX_EMBEDDED_BYTES } from '#core/share/html.ts';
import { parseLink } from '#src/state/link.ts';
import type { LinkState } from '#src/state/link-state.ts';
import type { PackedCapture } from '#workers/api.ts';

export interface EmbeddedCapture {
  /** What its sender saw. */
  readonly link: LinkState;
  readonly capture: PackedCapture;
}

export function findEmbedded(page: Document): EmbeddedCapture | null {
  const element = page.getElementById(EMBEDDED_ID);
  if (element === null) return null;
  const { title = '', view = '' } = element.dataset;
  return {
    link: parseLink(view),
    capture: {
      kind: 'packed',
      within: 'page',
      text: element.textContent,
      title: title === '' ? 'shared capture' : title,
      limit: MAX_EMBEDDED_BYTES,
    },
  };
}
