/** What the service worker does with a request of the page. Pure. */

/** What a share goes into; not named by what is in it, as the other files of a build are. */
export const SHARE_PAGE = 'share.html';

export type Verdict =
  /** A file of this build: as it was kept, without asking anybody. */
  | 'kept'
  /** The page itself: from its host; when that does not answer, as it came with the files of this build. */
  | 'page'
  /** What comes with it: from its host, and as it was last when that does not answer. */
  | 'fresh'
  /** Anything else of its host, which may be large: from there, and never kept. */
  | 'network'
  /** Of another origin: only what a person asked for. */
  | 'ask'
  | 'refuse';

/** Beside the page and what the build makes: public/, and the page in one file. */
const COMES_ALONG = ['api/', 'samples/', 'schema/', 'survival/', SHARE_PAGE];

export interface Asked {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
}

/** `scope`: the folder of the page, absolute, with its slash. `files`: paths within it that never change. */
export function verdictOf({ method, url }: Asked, scope: string, files: ReadonlySet<string>): Verdict {
  if (method !== 'GET' && method !== 'HEAD') return 'refuse';
  const { origin, protocol, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return 'refuse';
  const own = new URL(scope);
  if (origin !== own.origin) return 'ask';
  if (!pathname.startsWith(own.pathname)) return 'refuse';
  const file = pathname.slice(own.pathname.length);
  if (files.has(file)) return 'kept';
  if (file === '' || file === 'index.html') return 'page';
  return COMES_ALONG.some((folder) => file.startsWith(folder)) ? 'fresh' : 'network';
}
