/** How a digest is written in a link, apart from what makes it: the page reads links before it has anything else. */

/** 96 bits: no two captures that people have meet by chance. */
export const DIGEST_BYTES = 12;
/** base64url. */
export const DIGEST = /^[A-Za-z0-9_-]{16}$/;
