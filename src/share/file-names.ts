/** What the files of a capture are called here: a share says others. Pure. */
import type { Origin } from '#src/state/store.ts';

export function fileNames(origin: Origin): readonly string[] {
  switch (origin.kind) {
    case 'file':
      return [origin.file.name];
    case 'packed':
      return [origin.title];
    case 'url':
      return [lastPart(origin.url)].filter((name) => name !== '');
    case 'together':
      return origin.parts.flatMap(fileNames);
    case 'live':
    case 'sample':
      return [];
  }
}

function lastPart(url: string): string {
  const name = new URL(url, document.baseURI).pathname.split('/').pop() ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    // No percent-encoding: as it stands.
    return name;
  }
}
