/** Which user the agent runs as when whither was started by root. */
import { readFileSync } from 'node:fs';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** On every Linux distribution; used where /etc/passwd does not say. */
const OVERFLOW_ID = 65_534;

/** Whoever used sudo, else `nobody`. */
export function unprivilegedUser(env: NodeJS.ProcessEnv = process.env): User {
  const uid = parseId(env.SUDO_UID);
  const gid = parseId(env.SUDO_GID);
  if (uid !== null && gid !== null) return { uid, gid };
  try {
    const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
    if (line) return { uid: Number(line[1]), gid: Number(line[2]) };
  } catch {
    // No such file in a minimal container.
  }
  return { uid: OVERFLOW_ID, gid: OVERFLOW_ID };
}

/** null for what is no id, and for root, which would not be dropping anything. */
function parseId(text: string | undefined): number | null {
  if (!/^\d{1,10}$/.test(text ?? '')) return null;
  const id = Number(text);
  return id > 0 ? id : null;
}
