/**
 * Keeps the address bar equal to the state. Choosing a source or a filter is a step that Back undoes; moving
 * through journeys and hops rewrites the step that began it, so that Back does not retrace every arrow key.
 */
import { AddressBar } from './address-bar.ts';
import { isNewer, parseLink, printShortLink } from './link.ts';
import { sameSource } from './link-source.ts';
import type { LinkState } from './link-state.ts';
import type { Session } from './session.ts';

/** Journeys chosen within this time of each other are one step. */
const WALK_MS = 1500;
/** Likewise expressions that were typed. */
const TYPING_MS = 4000;

const GESTURES = ['keydown', 'pointerdown', 'drop'] as const;

function isStep(before: LinkState, after: LinkState): boolean {
  return (
    !sameSource(before.source, after.source) ||
    before.hop !== after.hop ||
    before.metadata !== after.metadata ||
    before.harm !== after.harm ||
    before.time?.fromNs !== after.time?.fromNs ||
    before.time?.toNs !== after.time?.toNs ||
    (before.compare === null) !== (after.compare === null) ||
    before.group !== after.group ||
    before.sort?.field !== after.sort?.field ||
    before.sort?.down !== after.sort?.down ||
    names(before) !== names(after)
  );
}

function names({ columns }: LinkState): string {
  return JSON.stringify(columns?.map(({ name }) => name) ?? null);
}

/**
 * Starts mirroring; returns how to stop. A link of a newer Whither stays in the address, with what this one does not know, until somebody
 * does something with the page: a newer one can still open it.
 */
export function mirrorAddress(session: Session): () => void {
  let untouched = isNewer(location.search);
  const touched = () => {
    untouched = false;
  };
  for (const gesture of GESTURES) addEventListener(gesture, touched, { capture: true, once: true });
  const bar = new AddressBar();
  let mirrored = session.store.getState().link;
  let walkedAt = -Infinity;
  let applying = false;
  let typedAt = -Infinity;
  let comparedAt = -Infinity;
  /** The step that is in the address began with a filter: a journey chosen in it is another. */
  let ofFilter = false;
  const stop = session.store.subscribe(({ link, typing }) => {
    if (link === mirrored || applying || untouched) return;
    const before = mirrored;
    mirrored = link;
    const text = printShortLink(link);
    if (text === bar.text) return;
    const journeyMoved = before.journey?.lo !== link.journey?.lo || before.journey?.hi !== link.journey?.hi;
    const walking = performance.now() - walkedAt < WALK_MS;
    if (journeyMoved) walkedAt = performance.now();
    const rewritten = before.where !== link.where;
    // Letters of one expression are one step, behind the one that it began from.
    const typingOn = typing && performance.now() - typedAt < TYPING_MS;
    if (rewritten) typedAt = typing ? performance.now() : -Infinity;
    const sided = before.compare?.a !== link.compare?.a || before.compare?.b !== link.compare?.b;
    const sidingOn = typing && performance.now() - comparedAt < TYPING_MS;
    // To begin or end a comparison is a step of its own: what is written behind it is another.
    if (sided)
      comparedAt = typing && before.compare !== null && link.compare !== null ? performance.now() : -Infinity;
    const step = isStep(before, link);
    const filtered = step || rewritten;
    if (filtered) walkedAt = -Infinity;
    const push =
      step ||
      (rewritten && !typingOn) ||
      (sided && !sidingOn) ||
      (journeyMoved && (before.journey !== null || ofFilter) && !walking);
    if (filtered || journeyMoved) ofFilter = filtered && sameSource(before.source, link.source);
    if (push) bar.push(text);
    else bar.replace(text);
  });
  const onPop = () => {
    applying = true;
    bar.arrived();
    const link = parseLink(location.search);
    void session.navigate(link).finally(() => {
      applying = false;
      if (isNewer(location.search)) return;
      mirrored = session.store.getState().link;
      // It was made for another capture, or before this one had a name.
      const text = printShortLink(mirrored);
      if (text !== '') bar.replace(text);
    });
  };
  addEventListener('popstate', onPop);
  return () => {
    stop();
    bar.stop();
    for (const gesture of GESTURES) removeEventListener(gesture, touched, { capture: true });
    removeEventListener('popstate', onPop);
  };
}
