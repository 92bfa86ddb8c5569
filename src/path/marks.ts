/** Writing to marks that may be what they were already: an attribute set to what it was costs a layout all the same. */
import type { BaseType, Selection } from 'd3-selection';

export type Value<Datum> = string | number | null | ((datum: Datum) => string | number | null);

/** `.attr` that writes only what is different. */
export function attr<Element extends BaseType, Datum, Parent extends BaseType, Up>(
  selection: Selection<Element, Datum, Parent, Up>,
  name: string,
  value: Value<Datum>,
): void {
  selection.each(function (datum) {
    const next = typeof value === 'function' ? value(datum) : value;
    const element = this as unknown as SVGElement;
    if (next === null) {
      if (element.hasAttribute(name)) element.removeAttribute(name);
    } else {
      const text = typeof next === 'number' ? String(Math.round(10 * next) / 10) : next;
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  });
}

/** `.text` that writes only what is different, into the text node that is there. */
export function text<Element extends BaseType, Datum, Parent extends BaseType, Up>(
  selection: Selection<Element, Datum, Parent, Up>,
  value: string | ((datum: Datum) => string),
): void {
  selection.each(function (datum) {
    const next = typeof value === 'function' ? value(datum) : value;
    const element = this as unknown as SVGElement;
    const node = element.firstChild;
    if (node === null) element.textContent = next;
    else if (node.nodeValue !== next) node.nodeValue = next;
  });
}

export interface DrawOptions {
  /** Keys of the chosen marks. */
  readonly pressed: ReadonlySet<string>;
  /** Key of the one mark in the tab order. */
  readonly current: string;
  /** Two sides are compared. */
  readonly compared: boolean;
}

export const keyOf = (datum: unknown) => (datum as { key: string }).key;

/** A mark that can be chosen. */
export function choosable<
  Element extends SVGElement,
  Datum extends { readonly key: string },
  Parent extends BaseType,
>(
  marks: Selection<Element, Datum, Parent, unknown>,
  options: DrawOptions,
  label: (datum: Datum) => string,
): void {
  attr(marks, 'data-stop', keyOf);
  attr(marks, 'tabindex', (datum) => (datum.key === options.current ? 0 : -1));
  attr(marks, 'aria-pressed', (datum) => String(options.pressed.has(datum.key)));
  attr(marks, 'aria-label', label);
}
