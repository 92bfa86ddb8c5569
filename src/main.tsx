/** Starts the page: state from the address, the worker on first use, the session's handle for the console. */
import { StrictMode, startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '#src/app/App.tsx';
import { connect } from '#src/app/connect.ts';
import { fetchPanes } from '#src/app/Panes.tsx';
import { answerServiceWorker, startServiceWorker } from '#src/offline/register.ts';
import { findEmbedded } from '#src/share/embedded.ts';
import { listenForFiles } from '#src/start/drop.ts';
import { mirrorAddress } from '#src/state/address.ts';
import { SessionContext } from '#src/state/context.ts';
import { isNewer, linkFault, parseLink } from '#src/state/link.ts';
import { afterFrame } from '#src/state/frame.ts';
import { Session } from '#src/state/session.ts';
import { fetchHost } from '#src/state/sources.ts';
import { createPageStore, type PageState } from '#src/state/store.ts';
import { applyTheme } from '#src/theme/theme.ts';
import type { WhitherWorker } from '#workers/api.ts';
import '#src/theme/tokens.css';
import '#src/theme/base.css';

declare global {
  /** For the console and for tests: the worker's calls and the page's state. See src/README.md. */
  var whither: { readonly api: WhitherWorker; readonly state: PageState };
}

const embedded = findEmbedded(document);
// What its sender saw, until somebody goes on from there.
const isFirstSight = embedded !== null && location.search === '';
const store = createPageStore(isFirstSight ? embedded.link : parseLink(location.search));
const session = new Session(store, connect);
applyTheme(store.getState().theme);
mirrorAddress(session);
listenForFiles(session);
if (window.parent !== window || window.opener !== null) {
  void import('#src/embed/offer.ts').then(({ listenForOffers }) => listenForOffers(session));
}
globalThis.whither = {
  get api() {
    return session.api;
  },
  get state() {
    return store.getState();
  },
};

if (embedded === null) {
  answerServiceWorker(store);
  void fetchHost().then((host) => {
    store.setState({ host });
    // An agent's page needs the agent.
    if (host === null) startServiceWorker(store);
  });
} else store.setState({ host: null });
const { source } = store.getState().link;
if (source !== null) void session.open(source, true);
else if (embedded !== null) void session.open(embedded.capture, true);
else if (location.hash.startsWith('#share=')) {
  void import('#src/share/fragment.ts').then(({ inFragment }) =>
    session.open(inFragment(location.hash), true),
  );
} else afterFrame(() => session.prepare());
afterFrame(fetchPanes);
// Behind the opening, which begins without problems.
if (isNewer(location.search)) {
  session.report({
    code: 'newer-link',
    offset: 0,
    cause: 'This link is of a newer Whither: what this one does not know of it is left out.',
    remedy: 'Reload the page, or update it.',
    fatal: false,
  });
}

const fault = linkFault(location.search);
if (fault !== null) session.report({ code: 'unreadable-link', offset: 0, ...fault, fatal: false });

const root = document.getElementById('root');
if (root !== null) {
  // As a transition: React then makes the page in slices between which the browser draws and listens.
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <SessionContext value={session}>
          <App />
        </SessionContext>
      </StrictMode>,
    ),
  );
}
