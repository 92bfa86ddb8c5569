/**
 * Captures that another page hands over by postMessage: the one that opened this page, or that has it in a frame. Nothing is opened
 * without asking, but for origins that a person has allowed. What such a page may send: docs/viewer.md.
 */
import * as v from 'valibot';
import type { Session } from '#src/state/session.ts';

/** Of another page, waiting for an answer. */
export interface Offer {
  readonly origin: string;
  readonly file: File;
}

const ALLOWED_KEY = 'whither.allowed-origins';
const MAX_ALLOWED = 32;
const MAX_NAME_CHARS = 100;

const Sent = v.object({
  whither: v.literal('open'),
  name: v.optional(v.pipe(v.string(), v.maxLength(MAX_NAME_CHARS)), 'capture.pcapng'),
  capture: v.union([v.instance(ArrayBuffer), v.instance(Blob)]),
});
const Origins = v.pipe(v.array(v.pipe(v.string(), v.url())), v.maxLength(MAX_ALLOWED));

/** For as long as the page lives. Tells the other page when it may send. */
export function listenForOffers(session: Session): void {
  const sender = senderOf(window);
  if (sender === null) return;
  addEventListener('message', (event: MessageEvent<unknown>) => {
    // A page from disk or in a sandbox has no name to be asked for by.
    if (event.source !== sender || event.origin === 'null') return;
    const sent = v.safeParse(Sent, event.data);
    if (!sent.success) return;
    const { name, capture } = sent.output;
    take(session, { origin: event.origin, file: new File([capture], name) });
  });
  sender.postMessage({ whither: 'ready' }, '*');
}

function senderOf(page: Window): Window | null {
  return page.parent === page ? (page.opener as Window | null) : page.parent;
}

function take(session: Session, offer: Offer): void {
  const isNothingOpen = session.store.getState().capture === null;
  if (isNothingOpen && allowedOrigins().includes(offer.origin)) void session.take([offer.file], true);
  // What a person has open is not taken away; nor is a question under the hand that answers it another one.
  else if (session.store.getState().dialog === 'none') session.store.setState({ offer, dialog: 'offer' });
}

export function allowedOrigins(): readonly string[] {
  try {
    return v.parse(Origins, JSON.parse(localStorage.getItem(ALLOWED_KEY) ?? '[]'));
  } catch {
    return [];
  }
}

export function allowOrigin(origin: string): void {
  const others = allowedOrigins().filter((one) => one !== origin);
  try {
    localStorage.setItem(ALLOWED_KEY, JSON.stringify([origin, ...others].slice(0, MAX_ALLOWED)));
  } catch {
    // Not kept: it is asked again.
  }
}
