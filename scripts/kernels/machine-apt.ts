/** What this machine's own apt configuration says about Debian: the mirror, its key, how to get there. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Failure } from '#agent/failure.ts';

export interface DebianSource {
  readonly uri: string;
  /** As in a `Signed-By:` field (a path, or a whole key over several lines); null = apt's trusted keys. */
  readonly signedBy: string | null;
}

/** Of `apt-config dump`, what concerns getting there: proxies, certificates, retries, clocks. */
const TRANSPORT = /^Acquire::(https?|Retries|ForceIPv[46]|Check-Valid-Until|Check-Date)\b/i;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Lines of apt.conf. */
export function transportSettings(): string {
  return execFileSync('apt-config', ['dump', 'Acquire'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => TRANSPORT.test(line))
    .map((line) => `${line}\n`)
    .join('');
}

/** The machine's source of Debian itself (not of security updates or backports, which have their own archives). */
export function debianSource(): DebianSource {
  const targets = execFileSync('apt-get', ['indextargets', 'Created-By: Packages'], {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  for (const stanza of targets.split('\n\n')) {
    const target = readFields(stanza);
    const debian = target.get('Origin') === 'Debian' && target.get('Label') === 'Debian';
    const uri = target.get('Repo-URI');
    if (!debian || uri === undefined || target.get('Codename')?.includes('-')) continue;
    return { uri, signedBy: signedBy(target.get('Sourcesentry') ?? '') };
  }
  throw new Failure("this machine's apt knows no Debian mirror", 'on Debian, run apt-get update');
}

/** `Key: value` by key; lines that go on (they begin with a blank) belong to the value. */
export function readFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let key = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const match = /^([A-Za-z][A-Za-z-]*):\s*(.*)$/.exec(line);
    if (match) {
      key = match[1]!;
      fields.set(key, match[2]!);
    } else if (key !== '' && /^\s/.test(line)) {
      fields.set(key, `${fields.get(key) ?? ''}\n${line}`);
    }
  }
  return fields;
}

/** `entry` is FILE:N, N being the stanza (deb822) or the line (one-line format), from 1. */
function signedBy(entry: string): string | null {
  const [, file, number] = /^(.+):(\d+)$/.exec(entry) ?? [];
  if (file === undefined) return null;
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.sources')) {
    const stanza = text.split(/\n\s*\n/)[Number(number) - 1] ?? '';
    return readFields(stanza).get('Signed-By') ?? null;
  }
  const line = text.split('\n')[Number(number) - 1] ?? '';
  return /\bsigned-by=([^\s\]]+)/.exec(line)?.[1] ?? null;
}
