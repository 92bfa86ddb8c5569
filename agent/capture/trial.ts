/** Whether a probe can begin: tried beside the one that runs, so that a mistake interrupts nothing. */
import { refusalOf } from './refusal.ts';
import type { Launcher } from './launcher.ts';
import type { CaptureSpec } from './spec.ts';

/** A probe writes its section at once; one that has said nothing by then is at work. */
const TRIAL_MS = 4_000;

/** Resolves when it has begun, and is gone again. Failure with the probe's own words when it does not begin. */
export async function tryProbe(launcher: Launcher, spec: CaptureSpec, isRoot: boolean): Promise<void> {
  let said = '';
  const probe = await launcher.start(spec, (line) => (said = line));
  const begun = new Promise<true>((resolve) => probe.output.once('data', () => resolve(true)));
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), TRIAL_MS);
  });
  const first = await Promise.race([begun, waited, probe.ended]);
  clearTimeout(timer);
  probe.stop();
  probe.output.resume();
  await probe.ended;
  if (first !== true) throw refusalOf(said === '' ? `The probe ended (${first.text})` : said, isRoot);
}
