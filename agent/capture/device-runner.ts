/** Of several devices some may not be there: the others are captured all the same. */
import type { Status } from '#core/protocol/messages.ts';
import { ProbeRunner, type RunnerOptions } from './runner.ts';
import { missingDevice, type CaptureSpec } from './spec.ts';

/** A ProbeRunner that goes on without the devices that the probe does not find, as long as there is one left. */
export class DeviceRunner {
  readonly #options: RunnerOptions;
  #runner: ProbeRunner | null = null;
  #stopped = false;
  #watchesCost = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** true when the capture ended for another reason than `stop`. */
  get failed(): boolean {
    return this.#runner?.failed === true;
  }

  /** Runs until `stop`, or until nothing can be captured. Never rejects: the status says why. */
  async run(): Promise<void> {
    let spec: CaptureSpec | null = this.#options.spec;
    while (spec !== null && !this.#stopped) spec = await this.#capture(spec);
  }

  /** As of ProbeRunner. */
  watchCost(on: boolean): void {
    this.#watchesCost = on;
    this.#runner?.watchCost(on);
  }

  stop(): void {
    this.#stopped = true;
    this.#runner?.stop();
  }

  /** What to capture instead; null = it has ended. */
  async #capture(spec: CaptureSpec): Promise<CaptureSpec | null> {
    const { onStatus } = this.#options;
    const rest: { spec: CaptureSpec | null } = { spec: null };
    this.#runner = new ProbeRunner({
      ...this.#options,
      spec,
      onStatus: (status) => {
        const ended = status.capture === 'unavailable' || status.capture === 'stopped';
        const missing = ended ? missingDevice(spec, status.text) : null;
        if (missing === null) {
          onStatus(this.#withoutMissing(status, spec));
          return;
        }
        rest.spec = { ...spec, devices: spec.devices.filter((name) => name !== missing) };
        const text = `There is no device ${missing}: going on without it.`;
        onStatus({ type: 'status', capture: 'restarting', text });
      },
    });
    this.#runner.watchCost(this.#watchesCost);
    await this.#runner.run();
    return rest.spec;
  }

  /** What is captured is less than what was asked for, as long as it is captured. */
  #withoutMissing(status: Status, { devices }: CaptureSpec): Status {
    const left = this.#options.spec.devices.filter((name) => !devices.includes(name));
    if (status.capture !== 'running' || left.length === 0) return status;
    const text = `${status.text} Without ${left.join(', ')}: there was no such device when it started.`;
    return { ...status, capture: 'partly', text };
  }
}
