/** The Web Worker: nothing but the Session on Comlink, the real clocks, and a lock that shows it is alive. */
import { expose } from 'comlink';
import { installFaultTransfer } from './fault.ts';
import { holdLifeLock } from './life.ts';
import { Session } from './session.ts';
import { spawnFileReader } from '#workers/spawn-file-reader.ts';
import { yieldToTasks } from './yield.ts';

installFaultTransfer();
// A promise that nobody caught leaves the capture in an unknown state: it becomes an error event, and the page reopens.
self.addEventListener('unhandledrejection', (event) => reportError(event.reason));

const session = new Session({
  clock: {
    now: () => performance.now(),
    // Not timeOrigin + now: that stands still while a laptop sleeps.
    unixNow: () => Date.now(),
    yieldToTasks,
  },
  setTimer(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  spawnFileReader,
});
expose(session);
holdLifeLock((message) => self.postMessage(message));
