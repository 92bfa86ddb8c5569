/**
 * `npx whither` is npm, which waits for us: killed by a plain SIGTERM it leaves us and the probe behind. So under `npm exec`
 * and `npm start` we end when npm has gone. Nobody else's end is ours: who starts whither itself with `nohup`, `setsid`, `&`, from
 * systemd or as PID 1 has no npm above it, and an npm that was started so lives on as well.
 */
import { readFileSync } from 'node:fs';

const LOOK_INTERVAL_MS = 500;
/** npm commands that run one program in the foreground and wait for it; a script of `npm run` may leave one behind on purpose. */
const WAITING = new Set(['exec', 'start']);
/** npm runs it by a shell, and that, or not, by another one. */
const MAX_SHELLS = 3;

interface Child {
  readonly pid: number;
  readonly parent: number;
}

/** Tells this process to end, as SIGTERM does, when the npm that runs it has gone. */
export function endWithNpm(): void {
  const links = linksToNpm();
  if (links.length === 0) return;
  const timer = setInterval(() => {
    // A process whose parent has ended gets another one.
    if (links.every(({ pid, parent }) => parentOf(pid) === parent)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_INTERVAL_MS);
  timer.unref();
}

/** From this process up to npm, each with its parent; [] when no npm waits for it. */
function linksToNpm(): Child[] {
  if (process.platform !== 'linux' || !WAITING.has(process.env['npm_command'] ?? '')) return [];
  const links: Child[] = [];
  for (let pid = process.pid; links.length <= MAX_SHELLS;) {
    const parent = parentOf(pid);
    links.push({ pid, parent });
    const [program = '', ...args] = read(parent, 'cmdline').split('\0');
    // npm writes what it does over its arguments: "npm exec whither -i eth0" in one.
    if (/^npm( |$)/.test(program) || args.some((arg) => /\/np[mx](-cli\.js)?$/.test(arg))) return links;
    if (!/(^|\/)(sh|dash|bash)$/.test(program)) return [];
    pid = parent;
  }
  return [];
}

/** 0 = there is no such process. */
function parentOf(pid: number): number {
  if (pid === process.pid) return process.ppid;
  const stat = read(pid, 'stat');
  // Behind the name in parentheses: state, parent (proc(5)).
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
