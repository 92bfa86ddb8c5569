/** Kernels in the user's cache directory: fetched once, checked before every use. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { isAlive } from '#agent/lab/vm/alive.ts';
import { Failure } from '#agent/failure.ts';
import type { KernelFiles } from '#agent/lab/vm/kernel-files.ts';
import { say } from '../lib/say.mjs';
import { AptRoot, unpack } from './apt-root.ts';
import { allReleases, chooseReleases, type Release } from './releases.ts';

const INDEX_MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;
const TEMPORARY = 'tmp-';
const PREFIX = 'linux-';
const IMAGE_PREFIX = 'linux-image-';
const MANIFEST = 'manifest.json';

const indexShape = v.object({
  fetchedAtMs: v.number(),
  releases: v.array(v.object({ release: v.string(), version: v.string(), complete: v.boolean() })),
});
const manifestShape = v.object({ packages: v.array(v.string()), sha256: v.string() });

export function cacheDirectory(): string {
  const own = process.env.WHITHER_KERNELS;
  if (own !== undefined && own !== '') return path.resolve(own);
  const cache = process.env.XDG_CACHE_HOME;
  const base = cache !== undefined && cache !== '' ? cache : path.join(homedir(), '.cache');
  return path.join(base, 'whither', 'kernels');
}

export class KernelCache {
  readonly #directory: string;
  readonly #temporary: string;
  #apt: AptRoot | null = null;

  constructor(directory = cacheDirectory()) {
    this.#directory = directory;
    this.#temporary = path.join(directory, `${TEMPORARY}${process.pid}`);
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory)) {
      if (name.startsWith(TEMPORARY) && !isAlive(Number(name.slice(TEMPORARY.length)))) {
        rmSync(path.join(directory, name), { recursive: true, force: true });
      }
    }
  }

  /** Removes what only this run needed. */
  close(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }

  /** What Debian packages, asked again after a week, or when `refresh`. Oldest first. */
  releases(refresh = false): Release[] {
    const file = path.join(this.#directory, 'index.json');
    const old = existsSync(file) ? v.safeParse(indexShape, parse(readFileSync(file, 'utf8'))) : null;
    const known = old?.success === true ? old.output : null;
    if (known !== null && !refresh && Date.now() - known.fetchedAtMs < INDEX_MAX_AGE_MS)
      return known.releases;
    try {
      const releases = allReleases(this.#aptRoot().packages(PREFIX));
      this.#replace(file, JSON.stringify({ fetchedAtMs: Date.now(), releases }));
      return releases;
    } catch (thrown) {
      if (known === null || refresh || !(thrown instanceof Failure)) throw thrown;
      say(`${thrown.message}; going by the list of ${new Date(known.fetchedAtMs).toISOString()}`);
      return known.releases;
    }
  }

  /** The kernels that are meant (chooseReleases), fetched where they are not there yet. */
  kernels(requests: readonly string[], refresh = false): KernelFiles[] {
    return chooseReleases(this.releases(refresh), requests).map((release) => this.#kernel(release));
  }

  #kernel(release: string): KernelFiles {
    const directory = path.join(this.#directory, release);
    if (!isIntact(directory)) {
      rmSync(directory, { recursive: true, force: true });
      this.#fetch(release, directory);
    }
    return {
      release,
      vmlinuz: path.join(directory, 'vmlinuz'),
      modules: path.join(directory, 'modules'),
    };
  }

  #fetch(release: string, directory: string): void {
    const image = `${IMAGE_PREFIX}${release}`;
    say(`fetching ${image}`);
    const work = path.join(this.#temporary, release);
    const [debs, tree, ready] = ['debs', 'tree', 'ready'].map((name) => path.join(work, name)) as [
      string,
      string,
      string,
    ];
    for (const each of [debs, tree, ready]) mkdirSync(each, { recursive: true });
    const apt = this.#aptRoot();
    // Since 6.19 the image package is empty and these have the files.
    const parts = apt
      .dependencies(image)
      .filter((name) => name === `linux-binary-${release}` || name === `linux-modules-${release}`);
    apt.download([image, ...parts], debs);
    const packages = readdirSync(debs).sort();
    for (const name of packages) unpack(path.join(debs, name), tree);
    const bases = [tree, path.join(tree, 'usr')].map((base) => path.join(base, 'lib/modules', release));
    move(
      [path.join(tree, 'boot', `vmlinuz-${release}`), ...bases.map((base) => path.join(base, 'vmlinuz'))],
      ready,
      'vmlinuz',
    );
    move(bases, ready, 'modules');
    writeFileSync(path.join(ready, MANIFEST), JSON.stringify({ packages, sha256: digest(ready) }));
    try {
      renameSync(ready, directory);
    } catch (thrown) {
      // Somebody else fetched it meanwhile.
      if (!isIntact(directory)) throw thrown;
    }
    rmSync(work, { recursive: true, force: true });
  }

  #aptRoot(): AptRoot {
    if (this.#apt === null) say("asking Debian's mirror which kernels there are");
    this.#apt ??= new AptRoot(path.join(this.#temporary, 'apt'));
    return this.#apt;
  }

  #replace(file: string, text: string): void {
    const next = path.join(this.#temporary, 'index.json');
    writeFileSync(next, text);
    renameSync(next, file);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function move(candidates: readonly string[], into: string, name: string): void {
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Failure(`the package has no ${name}`, 'this is a bug: it moved');
  renameSync(found, path.join(into, name));
}

function isIntact(directory: string): boolean {
  const file = path.join(directory, MANIFEST);
  if (!existsSync(file)) return false;
  const manifest = v.safeParse(manifestShape, parse(readFileSync(file, 'utf8')));
  return manifest.success && manifest.output.sha256 === digest(directory);
}

/** The kernel's bytes, and every module's path and size: apt checked the rest when it came. */
function digest(directory: string): string {
  const hash = createHash('sha256');
  hash.update(readFileSync(path.join(directory, 'vmlinuz')));
  const modules = path.join(directory, 'modules');
  for (const name of readdirSync(modules, { recursive: true, encoding: 'utf8' }).sort()) {
    const info = statSync(path.join(modules, name), { throwIfNoEntry: false });
    if (info?.isFile() === true) hash.update(`${name}\0${info.size}\n`);
  }
  return hash.digest('hex');
}
