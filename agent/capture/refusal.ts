/** A probe that could not begin, as one line for the terminal. */
import { Failure } from '../failure.ts';

/** The runner's and the probe's own way of beginning a line. */
const PREFIX = /^(?:The probe ended \([^)]*\): )?(?:[\w-]+: )?/;
const DOCTOR = 'whither doctor says what is missing';

/** `text`: the status of a probe that could not begin. A remedy is added where the probe names none. */
export function refusalOf(text: string, isRoot: boolean): Failure {
  const cause = text.replace(PREFIX, '').replace(/\.$/, '');
  if (/operation not permitted/i.test(cause)) {
    return isRoot
      ? new Failure(cause, DOCTOR)
      : new Failure(
          'live capture needs privileges that this user lacks',
          'run as root, or see whither doctor',
        );
  }
  const hinted = /^(.*) \(((?:ip (?:link|netns) lists|bpftool map lists|man \d) [^()]*)\)$/.exec(cause);
  // What is not the probe's own is a line of ours, which ends in a remedy.
  const ours = text.startsWith('The probe ended') ? null : /^(.*): ([^:]+)$/.exec(cause);
  const [, what, remedy] = hinted ?? ours ?? ['', cause, DOCTOR];
  return new Failure(what, remedy);
}
