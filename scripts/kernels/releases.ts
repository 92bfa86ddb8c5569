/** Which of Debian's packaged kernels is meant by `6.1`, `newest`, `all` or a whole release. */
import { Failure } from '#agent/failure.ts';

/** `linux-image-6.1.0-50-cloud-amd64`, `linux-image-7.3.4+deb13-cloud-amd64`; not -dbg, not -unsigned. */
const IMAGE = /^linux-image-((\d+\.\d+)\.\S+-cloud-amd64)$/;

export interface Release {
  /** As `uname -r` says it and as package names end. */
  readonly release: string;
  /** Major and minor: `6.1`. */
  readonly version: string;
  /**
   * false: the archive has its image, but not its modules. Since 6.19 these are packages of their own, and the
   * archive keeps the signed image of a superseded kernel longer than its modules.
   */
  readonly complete: boolean;
}

/** All releases among these names of packages, oldest first. */
export function allReleases(packages: readonly string[]): Release[] {
  const names = new Set(packages);
  return packages
    .map((name) => IMAGE.exec(name))
    .filter((match) => match !== null)
    .map((match) => ({ release: match[1]!, version: match[2]! }))
    .map(({ release, version }) => {
      const split = names.has(`linux-binary-${release}`);
      return { release, version, complete: !split || names.has(`linux-modules-${release}`) };
    })
    .sort((a, b) => compareReleases(a.release, b.release));
}

/** Versions of which no release is complete, oldest first. */
export function incompleteVersions(available: readonly Release[]): string[] {
  const complete = new Set(available.filter((each) => each.complete).map(({ version }) => version));
  return [...new Set(available.map(({ version }) => version))].filter((version) => !complete.has(version));
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
  const complete = available.filter((each) => each.complete);
  const newest = new Map(complete.map(({ version, release }) => [version, release]));
  const versions = [...newest.values()];
  const chosen = requests.flatMap((request): string[] => {
    if (request === 'all') return versions;
    const one = request === 'oldest' ? versions[0] : request === 'newest' ? versions.at(-1) : undefined;
    const found = one ?? newest.get(request) ?? findBeginning(complete, request);
    if (found !== undefined) return [found];
    const bare = findBeginning(available, request);
    throw new Failure(
      bare === undefined
        ? `there is no packaged kernel ${request}`
        : `Debian's archive no longer has the modules of ${bare}`,
      `there are ${[...newest.keys()].join(', ')}; also a whole release, oldest, newest, all`,
    );
  });
  return [...new Set(chosen)];
}

function findBeginning(releases: readonly Release[], request: string): string | undefined {
  return releases.findLast(({ release }) => begins(release, request))?.release;
}

function begins(release: string, request: string): boolean {
  return release === request || (release.startsWith(request) && /^[.+-]/.test(release.slice(request.length)));
}
