/**
 * Lets the other tasks of this thread run, a query that came meanwhile above all, and resolves. A message
 * channel, because a timer waits at least 4 ms when nested and `scheduler.yield` runs before the queries.
 */
export function yieldToTasks(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
