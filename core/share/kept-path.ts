/** The bytes of a share that an agent keeps, by the path of their address: whoever has its id has the share. */

/** As agent/server/share-routes.ts serves them. */
const KEPT_SHARE = /\/s\/[\w-]{32}\.pcapng$/;

export function isKeptShare(pathname: string): boolean {
  return KEPT_SHARE.test(pathname);
}
