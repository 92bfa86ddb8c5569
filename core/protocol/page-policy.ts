/**
 * What the page may load and ask for (Content Security Policy, level 3). Whoever serves it says so in a header; the page says it
 * itself as well, for a host of static files says nothing.
 */
export const PAGE_POLICY: readonly string[] = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  // https: because a capture may be opened by its URL.
  "connect-src 'self' https:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];
