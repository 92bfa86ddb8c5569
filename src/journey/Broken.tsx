import { Fragment } from 'react';

/** The name of a hop in a narrow column: it breaks behind `_` and in front of `#`. */
export function Broken({ text }: { readonly text: string }) {
  return text.split(/(?<=_)|(?=#)/).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
