/** A share within the fragment of a link, which browsers send to no server. */
import { MAX_EMBEDDED_BYTES } from '#core/share/html.ts';
import type { Session } from '#src/state/session.ts';
import { openUnpacked } from './embedded.ts';

export const SHARE_FRAGMENT = '#share=';
/** Of a whole link with a share inside: browsers take more, chats and tickets not always. */
export const MAX_LINK_CHARS = 8000;

/** Opens it; what is wrong with it is a problem of the page. */
export async function openFragment(session: Session, hash: string): Promise<void> {
  const text = hash.slice(SHARE_FRAGMENT.length, SHARE_FRAGMENT.length + MAX_LINK_CHARS);
  const packed = text.replaceAll('-', '+').replaceAll('_', '/');
  await openUnpacked(
    session,
    'link',
    packed + '='.repeat((4 - (packed.length % 4)) % 4),
    'share',
    MAX_LINK_CAPTURE,
  );
}

/** A few thousand characters say no more than this, unless they are made to. */
export const MAX_LINK_CAPTURE = Math.min(MAX_EMBEDDED_BYTES, 16 * 1024 * 1024);
