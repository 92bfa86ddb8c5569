/** Gives the focus to a pane's content, where keys of the page work again. False: it has none that takes it. */
export function focusPane(name: string): boolean {
  const target = document.querySelector<HTMLElement>(
    `[data-pane="${name}"] :is([tabindex="0"], svg [tabindex="0"])`,
  );
  target?.focus();
  return target !== null;
}
