/** What the keys of the page do, and the palette by name: one function for each row of the table. */
import { isUnreadable } from '#src/state/readable.ts';
import type { Session } from '#src/state/session.ts';
import { isOnDisk } from '#src/state/sources.ts';
import { applyTheme, nextTheme } from '#src/theme/theme.ts';
import type { Handlers } from './bind.ts';
import { focusPane } from './focus-pane.ts';
import { openMenuAtFocus } from './focused-value.ts';

/** Those that can be done now. */
export function pageActions(session: Session): Handlers {
  const { store } = session;
  const { link, theme, follow, capture, newest, selection } = store.getState();
  const always: Handlers = {
    palette: () => store.setState({ dialog: 'palette', paletteText: '' }),
    help: () => store.setState({ dialog: 'help' }),
    // A page on disk has no samples to show it on.
    ...((capture !== null || !isOnDisk()) && { guide: () => session.showAround() }),
    theme: () => {
      const next = nextTheme(theme);
      applyTheme(next);
      store.setState({ theme: next });
    },
  };
  if (capture === null) return always;
  return {
    ...always,
    pause: () => session.setPaused(!link.paused),
    follow: () => session.setFollow(!follow),
    'next-journey': () => session.journey.walk(1),
    'previous-journey': () => session.journey.walk(-1),
    'next-hop': () => session.journey.walkHops(1),
    'previous-hop': () => session.journey.walkHops(-1),
    'pane-path': () => void focusPane('path'),
    'pane-list': () => void focusPane('list'),
    'pane-journey': () => void focusPane('journey'),
    'pane-bytes': () => void focusPane('bytes'),
    'pane-timeline': () => void focusPane('timeline'),
    filter: () => document.querySelector<HTMLElement>('[data-filter-field]')?.focus(),
    value: () => openMenuAtFocus(session),
    common: () => store.setState({ dialog: 'common', commonOf: '' }),
    group: () => {
      if (link.group === '') store.setState({ dialog: 'palette', paletteText: GROUP_BY });
      else session.view.setGroup('');
    },
    columns: () => store.setState({ dialog: 'columns' }),
    ...(selection !== null && {
      mark: () => session.marks.toggle(selection),
      note: () => store.setState({ dialog: 'note' }),
    }),
    'filter-metadata': () => session.filter.set({ metadata: link.metadata === 'with' ? null : 'with' }),
    'filter-lost': () => session.filter.set({ harm: link.harm === 'lost' ? null : 'lost' }),
    losses: () => session.view.open('losses', !link.open.includes('losses')),
    cost: () => session.view.open('cost', !link.open.includes('cost')),
    latency: () => session.view.open('between', !link.open.includes('between')),
    // One key, one step: what a filter compares is not changed and ended at once.
    clear: () => {
      const opened = document.querySelector<HTMLElement>('[popover]:popover-open');
      if (opened !== null) opened.hidePopover();
      else if (link.compare === null) session.filter.clear();
      else session.compare(null);
    },
    schema: () => store.setState({ dialog: 'schema' }),
    ...(!isUnreadable(newest) && {
      print: () => printList(session),
      share: () => store.setState({ dialog: 'share' }),
      report: () => store.setState({ dialog: 'report' }),
      export: () => store.setState({ dialog: 'export' }),
    }),
    ...(capture.origin.kind === 'live' && { capture: () => store.setState({ dialog: 'capture' }) }),
  };
}

/** With its rows, which the browser's own command has no time to fetch. */
export function printList(session: Session): void {
  import('#src/list/print-list.ts')
    .then(({ printPage }) => printPage(session))
    .catch((error: unknown) => session.failed(error, 'The page could not be printed'));
}

/** How the palette names groups. */
export const GROUP_BY = 'group by ';
