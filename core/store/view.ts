/**
 * What the store answers with: plain data that crosses to the page as it is (workers/api.ts re-exports it).
 *
 * Vocabulary: an *event* is one packet seen at one hook. A *journey* is all events of one packet, in
 * time order. A *hop* is a place events happen at: hook × device × netns × host. In a capture without journey
 * ids every event is a journey of its own, and every interface a hop of lane 'none'.
 */
export * from './bytes-view.ts';
export * from './capture-view.ts';
export * from './cost-view.ts';
export * from './fates-view.ts';
export * from './journey-view.ts';
export * from './list-view.ts';
export * from './loss-view.ts';
export * from './path-view.ts';
export * from './shares-view.ts';
export * from './time-view.ts';
