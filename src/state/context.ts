/** How components reach the store and the session. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Session } from './session.ts';
import type { PageState } from './store.ts';

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('outside of SessionContext');
  return session;
}

export function usePage<T>(select: (state: PageState) => T): T {
  return useStore(useSession().store, select);
}
