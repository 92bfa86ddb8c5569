/** One at a time in a checkout: two that install or build at once take each other's files away. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './run.mjs';
import { say } from './say.mjs';

const LOCK = path.join(ROOT, 'build', '.setup-lock');
const POLL_MS = 200;

/** Runs `work` when nobody else does in this checkout; says so when it has to wait. */
export function alone(work) {
  take();
  try {
    return work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function take() {
  mkdirSync(path.dirname(LOCK), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      const fd = openSync(LOCK, 'wx');
      writeSync(fd, String(process.pid));
      closeSync(fd);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isHeld()) rmSync(LOCK, { force: true });
    else {
      if (!told) say('waiting for another whither that installs or builds here');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    }
  }
}

/** false: whoever took it was killed. */
function isHeld() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    // Not written yet, or gone meanwhile: asked again.
    if (!Number.isInteger(pid) || pid <= 0) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}
