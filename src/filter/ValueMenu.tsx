/** The menu of a value: its name in the filter language, and what can be asked of the capture with it. Loaded when it is opened. */
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent as Click,
} from 'react';
import { THEN } from '#core/query/then.ts';
import { HeldKeys } from '#src/keys/HeldKeys.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import type { Joint } from '#src/state/joined.ts';
import type { ValueMenu as Opened } from '#src/state/store.ts';

interface Item {
  readonly text: string;
  /** Applied and prepared alike; null: it does something else. */
  readonly how: Joint | null;
  readonly run: (() => void) | null;
}

const EDGE_PX = 8;
/** Nearly every packet has its own. */
const NOT_GROUPED: ReadonlySet<string> = new Set(['time']);

/** How the filter names a value, as the worker says it. */
interface Named {
  readonly shown: string | null;
  readonly expression: string;
}

interface Props {
  readonly menu: Opened;
  readonly onClose: () => void;
}

export default function ValueMenu({ menu, onClose }: Props) {
  const session = useSession();
  const { field, value, x, y } = menu;
  const where = usePage((state) => state.link.where);
  const values = value === null ? [] : value.split(THEN).filter((one) => one !== '' && one !== '…');
  const [chosen, setChosen] = useState(values.length - 1);
  const [named, setNamed] = useState<Named | null>(null);
  const [prepares, setPrepares] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const shown = values[chosen] ?? null;
  // Of another of the values: not of the one that is chosen.
  const expression = named?.shown === shown ? named.expression : null;
  /** Clicked before it was known what it asks for. */
  const clicked = useRef<{ readonly item: Element; readonly shiftKey: boolean } | null>(null);
  const { columns } = usePage((state) => state.link);
  const tlvNames = usePage((state) => state.shown?.tlvNames);

  useEffect(() => {
    let stale = false;
    const asked =
      menu.expression !== undefined
        ? Promise.resolve(menu.expression)
        : shown === null
          ? Promise.resolve(field)
          : session.api.filterOf(field, shown);
    asked.then(
      (found) => !stale && setNamed({ shown, expression: found }),
      (error: unknown) => session.failed(error, 'The value could not be made a filter'),
    );
    return () => {
      stale = true;
    };
  }, [session, field, shown, menu.expression]);

  // The focus goes back to where it came from.
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement || before instanceof SVGElement) before.focus();
    };
  }, []);
  // Within the window, wherever it was opened.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(EDGE_PX, Math.min(x, innerWidth - width - EDGE_PX))}px`;
    element.style.top = `${Math.max(EDGE_PX, Math.min(y, innerHeight - height - EDGE_PX))}px`;
  });
  const ready = named !== null;
  useEffect(() => {
    if (ready) box.current?.querySelector<HTMLElement>('[data-first]')?.focus();
  }, [ready]);
  useEffect(() => {
    if (expression === null || clicked.current === null) return;
    const { item, shiftKey } = clicked.current;
    clicked.current = null;
    item.dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey }));
  }, [expression]);
  useEffect(() => {
    const onDown = ({ target }: PointerEvent) => {
      if (target instanceof Node && box.current?.contains(target) !== true) onClose();
    };
    document.addEventListener('pointerdown', onDown, true);
    return () => document.removeEventListener('pointerdown', onDown, true);
  });

  const act = (item: Item, { currentTarget, shiftKey }: Click) => {
    if (expression === null) {
      clicked.current = { item: currentTarget, shiftKey };
      return;
    }
    const prepare = prepares || shiftKey;
    onClose();
    if (item.run !== null) item.run();
    else if (item.how !== null && prepare) session.filter.prepare(expression, item.how);
    else if (item.how !== null) session.filter.join(expression, item.how);
  };
  const asked = (text: string, how: Joint): Item => ({ text, how, run: null });
  const does = (text: string, run: () => void): Item => ({ text, how: null, run });
  const items: readonly (readonly Item[])[] = [
    [
      asked('only these', 'only'),
      asked('not these', 'not'),
      ...(where === ''
        ? []
        : [asked('… and these', 'and'), asked('… and not these', 'and-not'), asked('… or these', 'or')]),
    ],
    [
      ...(NOT_GROUPED.has(field) ? [] : [does(`group by ${field}`, () => session.view.setGroup(field))]),
      does('what do these have in common?', () =>
        session.store.setState({ dialog: 'common', commonOf: expression ?? '' }),
      ),
      ...(columns?.some(({ name }) => name === field) === true
        ? []
        : [does(`${field} as a column`, () => session.view.addColumn(field, tlvNames ?? []))]),
      does('copy the filter', () => {
        navigator.clipboard.writeText(expression ?? '').catch(() =>
          session.report({
            code: 'clipboard',
            offset: 0,
            cause: 'The browser did not let the page copy.',
            remedy: 'Allow clipboard access for this page.',
            fatal: false,
          }),
        );
      }),
    ],
  ];

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const go = (to: number) => {
      event.preventDefault();
      all[(to + all.length) % all.length]?.focus();
    };
    switch (event.key) {
      case 'ArrowDown': {
        go(at + 1);
        return;
      }
      case 'ArrowUp': {
        go(at - 1);
        return;
      }
      case 'Home': {
        go(0);
        return;
      }
      case 'End': {
        go(all.length - 1);
        return;
      }
      case 'Escape':
      case 'Tab':
        event.preventDefault();
        {
          onClose();
          return;
        }
      default:
        return undefined;
    }
  };

  let isFirst = true;
  // A region: what is nowhere else on the page is not passed by.
  return (
    <section aria-label="Value">
      <div
        ref={box}
        className="value-menu"
        role="menu"
        aria-label={`Filter by ${expression ?? field}`}
        onKeyDown={onKeyDown}
        onContextMenu={(event) => event.preventDefault()}
      >
        {!ready && <HeldKeys onEscape={onClose} />}
        <code className="value-menu-head mono">{expression ?? field}</code>
        {values.length > 1 &&
          values.map((one, i) => (
            <button
              key={one}
              role="menuitemradio"
              aria-checked={i === chosen}
              tabIndex={-1}
              onClick={() => {
                clicked.current = null;
                setChosen(i);
              }}
            >
              <span aria-hidden="true">{i === chosen ? '◉' : '○'}</span> {one}
            </button>
          ))}
        {items.map((group, g) => (
          <div role="group" key={g}>
            {group.map((item) => {
              const first = isFirst;
              isFirst = false;
              return (
                <button
                  key={item.text}
                  role="menuitem"
                  tabIndex={-1}
                  data-first={first || undefined}
                  onClick={(event) => act(item, event)}
                >
                  {item.text}
                </button>
              );
            })}
            {g === 0 && (
              <button
                role="menuitemcheckbox"
                aria-checked={prepares}
                tabIndex={-1}
                onClick={() => setPrepares(!prepares)}
              >
                <span aria-hidden="true">{prepares ? '☑' : '☐'}</span> write it only, to change it first
                (Shift)
              </button>
            )}
          </div>
        ))}
      </div>
    </section>
  );
}
