/** The calls about shares. What each needs is loaded when it is first asked for. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { Listing } from '#workers/listing.ts';
import { onPort } from '#workers/long-work.ts';
import type { Clock } from '#workers/slices.ts';
import type { ByteSource } from '#workers/sources/source.ts';
import type { ArrivedShare, MadeShare, ShareAsk, ShareWork } from './api.ts';

export interface ListedCapture {
  readonly store: CaptureStore;
  readonly listing: Listing;
  readonly source: ByteSource;
}

export class ShareDesk implements ShareWork {
  readonly #clock: Clock;
  /** What is open; throws a Fault when nothing is. */
  readonly #open: () => ListedCapture;

  constructor(clock: Clock, open: () => ListedCapture) {
    this.#clock = clock;
    this.#open = open;
  }

  /** That of what may be asked for when the agent has gone, before it is. */
  async fetchCode(): Promise<void> {
    await Promise.all([import('./make.ts'), import('./pack.ts')]);
  }

  async makeShare(ask: ShareAsk, progress: MessagePort): Promise<MadeShare | null> {
    const { store, listing, source: from } = this.#open();
    const { makeShare } = await import('./make.ts');
    const { member } = listing.list;
    const isListed = (journey: number): boolean => member === null || member(journey);
    const clock = this.#clock;
    return onPort(clock, progress, (say, goOn) =>
      makeShare({ ask, store, from, isListed, clock }, say, goOn),
    );
  }

  async packShare(blob: Blob, progress: MessagePort): Promise<Blob | null> {
    const { packShare } = await import('./pack.ts');
    return onPort(this.#clock, progress, (say, goOn) => packShare(blob, this.#clock, say, goOn));
  }

  async arrivedShare(): Promise<ArrivedShare> {
    const { store, source } = this.#open();
    const { arrivedShare } = await import('./arrived.ts');
    return arrivedShare(store.facts.told, source.fileAt?.bind(source) ?? null, store.hops.hops);
  }
}
