// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import type { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { listenForOffers } from './offer.ts';

const ORIGIN = 'https://other.example';

afterEach(() => {
  vi.restoreAllMocks();
});

it('a question that is on screen is not another one before it is answered', () => {
  const store = createPageStore();
  const sender = { postMessage: vi.fn() } as unknown as Window;
  vi.spyOn(window, 'opener', 'get').mockReturnValue(sender);
  listenForOffers({ store } as unknown as Session);
  const send = (name: string, source: Window = sender): void => {
    const data = { whither: 'open', name, capture: new ArrayBuffer(1) };
    dispatchEvent(new MessageEvent('message', { data, origin: ORIGIN, source }));
  };
  const asked = () => store.getState().offer?.file.name ?? null;
  send('of-another.pcapng', window);
  expect([asked(), store.getState().dialog]).toEqual([null, 'none']);
  send('first.pcapng');
  send('second.pcapng');
  expect([asked(), store.getState().dialog]).toEqual(['first.pcapng', 'offer']);
  // As the dialog does when it is answered.
  store.setState({ offer: null, dialog: 'none' });
  send('third.pcapng');
  expect(asked()).toBe('third.pcapng');
});
