/** A share within the fragment of a link, which browsers send to no server. */
import { MAX_EMBEDDED_BYTES } from '#core/share/html.ts';
import type { PackedCapture } from '#workers/api.ts';

export const SHARE_FRAGMENT = '#share=';
/** Of a whole link with a share inside: browsers take more, chats and tickets not always. */
export const MAX_LINK_CHARS = 8000;
/** A few thousand characters say no more than this, unless they are made to. */
export const MAX_LINK_CAPTURE = Math.min(MAX_EMBEDDED_BYTES, 16 * 1024 * 1024);

/** What is wrong with it is said when it is opened. */
export function inFragment(hash: string): PackedCapture {
  const text = hash.slice(SHARE_FRAGMENT.length, SHARE_FRAGMENT.length + MAX_LINK_CHARS);
  const packed = text.replaceAll('-', '+').replaceAll('_', '/');
  return {
    kind: 'packed',
    within: 'link',
    text: packed + '='.repeat((4 - (packed.length % 4)) % 4),
    title: 'share',
    limit: MAX_LINK_CAPTURE,
  };
}
