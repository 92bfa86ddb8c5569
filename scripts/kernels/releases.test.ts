import { describe, expect, it } from 'vitest';
import { allReleases, chooseReleases, compareReleases, incompleteVersions } from './releases.ts';

const PACKAGES = [
  'linux-image-6.16.12+deb13-cloud-amd64',
  'linux-image-6.1.0-47-cloud-amd64',
  'linux-image-6.1.0-50-cloud-amd64',
  'linux-image-6.1.0-50-cloud-amd64-dbg',
  'linux-image-6.1.0-50-cloud-amd64-unsigned',
  'linux-image-6.1.0-50-amd64',
  'linux-image-6.16.3+deb13-cloud-amd64',
  'linux-image-7.3.4+deb13-cloud-amd64',
  'linux-image-cloud-amd64',
  'linux-binary-7.3.4+deb13-cloud-amd64',
  'linux-modules-7.3.4+deb13-cloud-amd64',
  'linux-image-7.1.13+deb13-cloud-amd64',
  'linux-binary-7.1.13+deb13-cloud-amd64',
  'linux-image-7.3.9+deb13-cloud-amd64',
  'linux-binary-7.3.9+deb13-cloud-amd64',
];
const AVAILABLE = allReleases(PACKAGES);

describe("choosing among Debian's kernels", () => {
  it('finds images, oldest first, and which of them have their modules', () => {
    expect(AVAILABLE).toEqual([
      { version: '6.1', release: '6.1.0-47-cloud-amd64', complete: true },
      { version: '6.1', release: '6.1.0-50-cloud-amd64', complete: true },
      { version: '6.16', release: '6.16.3+deb13-cloud-amd64', complete: true },
      { version: '6.16', release: '6.16.12+deb13-cloud-amd64', complete: true },
      { version: '7.1', release: '7.1.13+deb13-cloud-amd64', complete: false },
      { version: '7.3', release: '7.3.4+deb13-cloud-amd64', complete: true },
      { version: '7.3', release: '7.3.9+deb13-cloud-amd64', complete: false },
    ]);
    expect(incompleteVersions(AVAILABLE)).toEqual(['7.1']);
  });

  it('compares by number, not by letter', () => {
    expect(compareReleases('6.9.1', '6.16.1')).toBeLessThan(0);
    expect(compareReleases('6.16.12+deb13', '6.16.3+deb13')).toBeGreaterThan(0);
    expect(compareReleases('6.1.0-50', '6.1.0-50')).toBe(0);
  });

  it('understands a version, a release, a part of one, oldest, newest and all', () => {
    expect(chooseReleases(AVAILABLE, ['6.1'])).toEqual(['6.1.0-50-cloud-amd64']);
    expect(chooseReleases(AVAILABLE, ['6.1.0-47'])).toEqual(['6.1.0-47-cloud-amd64']);
    expect(chooseReleases(AVAILABLE, ['6.16.3+deb13-cloud-amd64'])).toEqual(['6.16.3+deb13-cloud-amd64']);
    expect(chooseReleases(AVAILABLE, ['oldest', 'newest'])).toEqual([
      '6.1.0-50-cloud-amd64',
      '7.3.4+deb13-cloud-amd64',
    ]);
    expect(chooseReleases(AVAILABLE, ['6.1', 'all'])).toEqual([
      '6.1.0-50-cloud-amd64',
      '6.16.12+deb13-cloud-amd64',
      '7.3.4+deb13-cloud-amd64',
    ]);
  });

  it('takes no number for another that begins with it, and says what there is', () => {
    expect(() => chooseReleases(AVAILABLE, ['6.1.0-5'])).toThrow('there is no packaged kernel 6.1.0-5');
    expect(() => chooseReleases(AVAILABLE, ['7'])).not.toThrow();
    expect(() => chooseReleases([], ['newest'])).toThrow('there is no packaged kernel newest');
  });

  it('says of a kernel whose modules are gone that they are gone', () => {
    expect(() => chooseReleases(AVAILABLE, ['7.1'])).toThrow(
      "Debian's archive no longer has the modules of 7.1.13+deb13-cloud-amd64",
    );
  });
});
