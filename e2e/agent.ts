/** A real agent for a test: `whither serve …` from dist/, its printed link, and an end that leaves nothing behind. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AGENT = fileURLToPath(new URL('../dist/agent/whither.mjs', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** Why the edge lab cannot run here, or null when it can. */
export function labMissing(): string | null {
  if (process.getuid?.() !== 0) return 'the edge lab needs root';
  if (!existsSync(fileURLToPath(new URL('../build/whither-probe', import.meta.url)))) {
    return 'the probe is not built (npm run build)';
  }
  return null;
}

export interface RunningAgent {
  /** The printed link, with its token. */
  readonly link: string;
  readonly output: () => string;
  /** Network namespaces of the labs that this agent started; others may have labs of their own at the same time. */
  readonly namespaces: () => readonly string[];
  stop(): Promise<void>;
}

/** `hostname`: the agent runs under this name, in a UTS namespace that ends with it. */
export async function startAgent(
  args: readonly string[],
  { hostname }: { readonly hostname?: string } = {},
): Promise<RunningAgent> {
  if (!existsSync(AGENT)) throw new Error('dist/agent is missing: npm run build');
  const command = [process.execPath, AGENT, ...args];
  const named =
    hostname === undefined
      ? command
      : ['unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', hostname, ...command];
  const child = spawn(named[0]!, named.slice(1), { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const link = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no link from the agent:\n${text}`));
    }, START_TIMEOUT_MS);
    const look = () => {
      const found = /http:\/\/\S+/.exec(text);
      // A link at the very end of the text may still be growing.
      if (found === null || found.index + found[0].length === text.length) return;
      clearTimeout(timer);
      resolve(found[0]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the agent ended with ${code}:\n${text}`));
    });
  });
  return {
    link,
    output: () => text,
    namespaces: () => namespacesOf(child.pid ?? 0),
    stop: () => stop(child),
  };
}

/** A lab's namespaces are named after its process, which is a child of the agent or of its supervisor. */
function namespacesOf(pid: number): readonly string[] {
  const pids = [pid, ...childrenOf(pid)].map(String);
  return execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith('whither-') && pids.includes(name.split('-').pop() ?? ''));
}

function childrenOf(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGINT');
  });
}

/** `whither inspect FILE --json` as objects. */
export async function inspectFile(file: string): Promise<readonly unknown[]> {
  const child = spawn(process.execPath, [AGENT, 'inspect', file, '--json'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`inspect ended with ${code}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
