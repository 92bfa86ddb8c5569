/** Opens what is open together with another capture, as the two sides of a comparison: A is what was open. */
import { quoted } from '#core/query/quote.ts';
import { partsOf } from '#src/state/origin.ts';
import type { Session } from '#src/state/session.ts';
import type { PartOrigin } from '#src/state/store.ts';
import { named, notTogether } from '#src/state/together.ts';
import { ofFile } from './other.ts';

/** Rejects never: what cannot be opened is a problem of the capture. */
export async function compareWith(session: Session, others: readonly PartOrigin[]): Promise<void> {
  const { capture, link } = session.store.getState();
  if (capture === null || others.length === 0) return;
  const own = partsOf(capture.origin);
  // What is open would be gone.
  const refusal = await notTogether(own.flatMap((part) => (part.kind === 'file' ? [part.file] : [])));
  if (capture !== session.store.getState().capture) return;
  if (refusal !== null) {
    session.report(refusal);
    return;
  }
  const parts = [...own, ...others];
  const names = named(parts);
  const side = (of: readonly PartOrigin[]): string =>
    fileIn(names.filter(({ origin }) => of.includes(origin)).map(({ name }) => name));
  // What the view was of one capture is of no use in two: a journey, hops, times, where it stood still.
  await session.open(
    { kind: 'together', parts },
    {
      ...link,
      capture: null,
      files: [],
      journey: null,
      run: '',
      at: null,
      hop: null,
      time: null,
      pair: null,
      marks: [],
      zoom: null,
      pan: null,
      paused: false,
      compare: { a: side(own), b: side(others) },
    },
  );
}

/** Likewise with files, for the dialog, which ends; one that is no capture leaves open what is open. */
export async function compareWithFiles(session: Session, files: readonly File[]): Promise<void> {
  session.store.setState({ dialog: 'none' });
  const others: PartOrigin[] = [];
  for (const file of files) {
    const other = await ofFile(file);
    if ('cause' in other) {
      session.report(other);
      return;
    }
    others.push(other);
  }
  await compareWith(session, others);
}

function fileIn(names: readonly string[]): string {
  return names.length === 1 ? `file == ${quoted(names[0]!)}` : `file in {${names.map(quoted).join(', ')}}`;
}
