/** Tokens as a canvas needs them: colours, not variables. */

/** By name without the dashes. `probe` is an element of the page whose own colour is free to be changed. */
export function tokenColours<Name extends string>(
  probe: HTMLElement,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const before = probe.style.color;
  const style = getComputedStyle(probe);
  const colours = {} as Record<Name, string>;
  for (const name of names) {
    // light-dark() is worked out only where it is used as a colour.
    probe.style.color = `var(--${name})`;
    colours[name] = style.color;
  }
  probe.style.color = before;
  return colours;
}
