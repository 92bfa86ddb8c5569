/** One run of QEMU, without KVM: everywhere the same, and no right needed. */
import { spawn } from 'node:child_process';
import { Failure } from '../../failure.ts';

const MEMORY = '512M';
/** As init.sh prints it. */
const READY = 'whither-vm: ready';
const DONE = 'whither-vm: done';
const MAX_CONSOLE_CHARS = 64 * 1024;
/** Of the console, in an error message. */
const SHOWN_LINES = 15;

/**
 * Without the two flags that make the kernel copy and clear memory with `rep movsb`, which is emulated byte by byte: a third of all
 * the time, most of it the verifier's.
 */
const CPU = 'max,erms=off,fsrm=off';
/** panic=-1 and -no-reboot: a kernel that panics ends QEMU at once. */
const CMDLINE = 'console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr';

export interface QemuRun {
  readonly bootSeconds: number;
  readonly wallSeconds: number;
  /** The last of what the machine printed. */
  readonly console: string;
}

export interface QemuOptions {
  readonly vmlinuz: string;
  readonly initramfs: string;
  /** A file, written as a raw disk. */
  readonly disk: string;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

/**
 * Boots and waits until the machine switches itself off. setpriv makes the kernel kill QEMU when this process
 * dies, however it does. Fails, with the end of the console, when the jobs did not come to their end.
 */
export function runQemu(options: QemuOptions): Promise<QemuRun> {
  const { vmlinuz, initramfs, disk, timeoutSeconds } = options;
  const qemu = [
    ['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ['-accel', 'tcg', '-cpu', CPU, '-m', MEMORY, '-serial', 'stdio', '-monitor', 'none'],
    ['-kernel', vmlinuz, '-initrd', initramfs, '-append', CMDLINE],
    ['-drive', `file=${disk},format=raw,if=virtio,cache=unsafe`],
  ].flat();
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...qemu], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutSeconds * 1000,
      killSignal: 'SIGKILL',
      ...(options.signal && { signal: options.signal }),
    });
    let console = '';
    let bootSeconds: number | null = null;
    const hear = (chunk: Buffer): void => {
      console = (console + chunk.toString('latin1')).slice(-MAX_CONSOLE_CHARS);
      if (bootSeconds === null && console.includes(READY)) bootSeconds = seconds();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', (error) => {
      const told = options.signal?.aborted === true;
      reject(told ? new Failure('told to end', 'run it again') : cannotRun(error));
    });
    child.once('close', (code, signal) => {
      if (code === 0 && bootSeconds !== null && console.includes(DONE)) {
        resolve({ bootSeconds, wallSeconds: seconds(), console });
        return;
      }
      reject(new Failure(`the virtual machine ${howItEnded(signal, seconds())}:\n${tail(console)}\n`, LOOK));
    });
  });
}

const LOOK = 'the last lines say why';

function cannotRun(error: Error): Failure {
  return new Failure(`QEMU cannot be run (${error.message})`, 'install qemu-system-x86 and util-linux');
}

function howItEnded(signal: NodeJS.Signals | null, seconds: number): string {
  return signal === null ? 'ended early' : `was killed (${signal}, after ${seconds.toFixed(0)} s)`;
}

/** From the panic on if there was one, else the last lines. */
function tail(console: string): string {
  const lines = console.trim().split(/\r?\n/);
  const panic = lines.findIndex((line) => line.includes('Kernel panic'));
  const from = panic < 0 ? Math.max(0, lines.length - SHOWN_LINES) : panic;
  return lines.slice(from, from + SHOWN_LINES).join('\n');
}
