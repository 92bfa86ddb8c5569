/** Memory of the process that a page and its workers run in, as the system counts it. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';

export interface Resident {
  /** MiB now, and the most there was since the process began. */
  readonly nowMb: number;
  readonly peakMb: number;
}

/** The largest renderer of a browser; it has one for each page, and one in reserve. */
export async function rendererResident(browser: Browser): Promise<Resident> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const found = processInfo
      .filter(({ type }) => type === 'renderer')
      .map(({ id }) => {
        const status = readFileSync(`/proc/${id}/status`, 'latin1');
        return { nowMb: mebibytes(status, 'VmRSS'), peakMb: mebibytes(status, 'VmHWM') };
      });
    return found.reduce((a, b) => (b.peakMb > a.peakMb ? b : a), { nowMb: 0, peakMb: 0 });
  } finally {
    await session.detach();
  }
}

function mebibytes(status: string, name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kib === undefined) throw new Error(`the system does not say ${name} of a process`);
  return Math.round(Number(kib) / 1024);
}
