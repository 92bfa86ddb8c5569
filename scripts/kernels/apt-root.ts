/**
 * A private apt root: own sources, lists, cache and configuration in one directory. The system's apt is not
 * touched, not even its hooks run; signatures and checksums are checked as ever.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, lineOf } from '#agent/failure.ts';
import { debianSource, transportSettings, type DebianSource } from './machine-apt.ts';

/** 6.1 is in Debian 12; the release after it and its backports have the later ones. */
const SUITES = ['bookworm', 'trixie', 'trixie-backports'];
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export class AptRoot {
  readonly #env: NodeJS.ProcessEnv;

  /** Makes the root in `directory` and fetches the lists (10 MB or so). */
  constructor(directory: string) {
    const at = (name: string): string => path.join(directory, name);
    for (const name of ['sources.d', 'lists/partial', 'cache/archives/partial', 'preferences.d']) {
      mkdirSync(at(name), { recursive: true });
    }
    writeFileSync(at('status'), '');
    writeFileSync(at('sources.d/debian.sources'), sourcesText(debianSource()));
    writeFileSync(at('apt.conf'), configuration(at));
    this.#env = { ...process.env, APT_CONFIG: at('apt.conf'), LC_ALL: 'C' };
    this.#run('apt-get', ['update', '-qq']);
  }

  /** Names of all packages that begin with `prefix`. */
  packages(prefix: string): string[] {
    return this.#run('apt-cache', ['pkgnames', prefix])
      .split('\n')
      .filter((name) => name !== '');
  }

  /** Names that a package depends on. */
  dependencies(name: string): string[] {
    const text = this.#run('apt-cache', ['depends', '--important', name]);
    return [...text.matchAll(/^\s*\|?Depends: (\S+)$/gm)].map((match) => match[1]!);
  }

  /** Fetches packages into `directory`, verified by apt. */
  download(names: readonly string[], directory: string): void {
    this.#run('apt-get', ['download', '-qq', ...names], directory);
  }

  #run(command: string, args: readonly string[], cwd?: string): string {
    const options = { encoding: 'utf8', env: this.#env, maxBuffer: MAX_OUTPUT_BYTES, cwd } as const;
    const { status, stdout, stderr, error } = spawnSync(command, args, options);
    if (error)
      throw new Failure(`${command} cannot be run (${lineOf(error)})`, 'this takes Debian and its apt');
    // apt says W: and goes on when an index is missing: what it did not get, it does not have.
    if (status !== 0 || /^E:/m.test(stderr)) {
      throw new Failure(`${command} ${args.join(' ')} failed (${stderr.trim()})`, 'check the network');
    }
    return stdout;
  }
}

function sourcesText({ uri, signedBy }: DebianSource): string {
  return [
    'Types: deb',
    `URIs: ${uri}`,
    `Suites: ${SUITES.join(' ')}`,
    'Components: main',
    'Architectures: amd64',
    ...(signedBy === null ? [] : [`Signed-By: ${signedBy}`]),
    '',
  ].join('\n');
}

/** Parts and main of the machine's configuration have hooks that act on the system; transport is taken over. */
function configuration(at: (name: string) => string): string {
  return `Dir::Etc::parts "/dev/null";
Dir::Etc::main "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "${at('preferences.d')}";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${at('sources.d')}";
Dir::State::lists "${at('lists')}";
Dir::State::status "${at('status')}";
Dir::Cache "${at('cache')}";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Architecture "amd64";
APT::Sandbox::User "root";
Acquire::Languages "none";
${transportSettings()}`;
}

/** Unpacks a package's files into `directory`; nothing is installed and no script of it is run. */
export function unpack(deb: string, directory: string): void {
  execFileSync('dpkg-deb', ['-x', deb, directory]);
}
