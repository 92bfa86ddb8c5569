/** The device of a hop, above its name; nothing where the hop before has the same. */
interface Props {
  readonly name: string;
  /** undefined = there is no hop before. */
  readonly before: string | undefined;
}

export function Device({ name, before }: Props) {
  const same = name === before;
  return (
    <span className="matrix-device" data-same={same}>
      {/* In a line of its own it keeps the names level. */}
      {same ? '\u00a0' : name}
    </span>
  );
}
