/** Hooks that are not observed, by host: what the newest section of each says. A section is of one host, its hops' (`CaptureFacts.hostOfHops`). */
import type { MissingHook } from './view.ts';

/** As a catalogue block lists them. */
export type Unattached = Omit<MissingHook, 'host'>;

export class MissingHooks {
  /** Of all hosts; another list when there is anything new. */
  list: readonly MissingHook[] = [];
  private readonly byHost = new Map<string, readonly Unattached[]>();

  set(host: string, hooks: readonly Unattached[]): void {
    if (this.byHost.get(host) === hooks) return;
    this.byHost.set(host, hooks);
    this.list = [...this.byHost].flatMap(([name, own]) => own.map((hook) => ({ ...hook, host: name })));
  }
}
