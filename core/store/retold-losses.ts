/** Events whose EVENT_BIT.lost has changed since somebody looked last. One that changed back is none: so there are never more than events. */
export class RetoldLosses {
  private readonly events = new Set<number>();

  /** The bit of an event that was there already is another now. */
  turn(event: number): void {
    if (!this.events.delete(event)) this.events.add(event);
  }

  /** Calls `visit` for each, and has none any more. */
  take(visit: (event: number) => void): void {
    this.events.forEach(visit);
    this.events.clear();
  }
}
