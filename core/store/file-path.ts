/**
 * Names of files within files: a share of two captures that is opened together with a third has both of them in it, `share.pcapng/file1`
 * and `share.pcapng/file2`. No name of one file has the separator in it.
 */
export const FILE_SEPARATOR = '/';

/** What a file may be asked for by: its whole name, then those of what it is in, the innermost first; none for ''. */
export function fileNames(path: string): readonly string[] {
  if (path === '') return [];
  const parts = path.split(FILE_SEPARATOR);
  return parts.map((_, i) => parts.slice(0, parts.length - i).join(FILE_SEPARATOR));
}

/** A name with each part of it replaced. */
export function mapFilePath(path: string, replace: (part: string) => string): string {
  return path.split(FILE_SEPARATOR).map(replace).join(FILE_SEPARATOR);
}

/** The file's own name, without what it is in. */
export function ownFileName(path: string): string {
  return path.slice(path.lastIndexOf(FILE_SEPARATOR) + 1);
}
