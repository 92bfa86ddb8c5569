/** Which of Debian's packaged kernels is meant by `6.1`, `newest`, `all` or a whole release. */
import { Failure } from '#agent/failure.ts';

/** `linux-image-6.1.0-50-cloud-amd64`, `linux-image-7.3.4+deb13-cloud-amd64`; not -dbg, not -unsigned. */
const IMAGE = /^linux-image-((\d+\.\d+)\.\S+-cloud-amd64)$/;

export interface Release {
  /** As `uname -r` says it and as package names end. */
  readonly release: string;
  /** Major and minor: `6.1`. */
  readonly version: string;
}

/** The newest release of each version among these package names, oldest version first. */
export function newestReleases(packages: readonly string[]): Release[] {
  const newest = new Map<string, Release>();
  for (const release of allReleases(packages)) newest.set(release.version, release);
  return [...newest.values()];
}

/** All releases among these package names, oldest first. */
export function allReleases(packages: readonly string[]): Release[] {
  return packages
    .map((name) => IMAGE.exec(name))
    .filter((match) => match !== null)
    .map((match) => ({ release: match[1]!, version: match[2]! }))
    .sort((a, b) => compareReleases(a.release, b.release));
}

/** By the numbers in them, one after the other: 6.1.0-50 before 6.16.3 before 6.16.12. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(text: string): number[] {
  return [...text.replace('amd64', '').matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

/**
 * What `requests` mean, in their order, each once: `6.1` (its newest release), `oldest`, `newest`, `all` (the
 * newest release of every version), or the beginning of a release up to a dot, dash or plus (`7.2.9`).
 * Fails on what is not there, and says what is.
 */
export function chooseReleases(available: readonly Release[], requests: readonly string[]): string[] {
  const newest = new Map(available.map((release) => [release.version, release.release]));
  const versions = [...newest.values()];
  const chosen = requests.flatMap((request): string[] => {
    if (request === 'all') return versions;
    const one = request === 'oldest' ? versions[0] : request === 'newest' ? versions.at(-1) : undefined;
    const found =
      one ?? newest.get(request) ?? available.findLast(({ release }) => begins(release, request))?.release;
    if (found === undefined) {
      throw new Failure(
        `there is no packaged kernel ${request}`,
        `there are ${[...newest.keys()].join(', ')}; also a whole release, oldest, newest, all`,
      );
    }
    return [found];
  });
  return [...new Set(chosen)];
}

function begins(release: string, request: string): boolean {
  return release === request || (release.startsWith(request) && /^[.+-]/.test(release.slice(request.length)));
}
