/** What a capture says of itself: what was asked for, what it missed; part of view.ts. */

export interface Gap {
  readonly hop: number | null;
  readonly cause: string;
  /** null = not known. */
  readonly count: number | null;
  /** Sampling or a rate limit did what it was asked to: not a loss. */
  readonly leftOut: boolean;
  readonly fromNs: string;
  readonly toNs: string;
}

/** A hook that is not attached on this host, from the catalogue block. */
export interface MissingHook {
  readonly hook: number;
  readonly name: string;
  readonly reason: string;
  /** Where it is missing; '' = the capture does not name its host. */
  readonly host: string;
  /** As of a hop (path-view.ts). */
  readonly file: string;
}

/** What was asked for: the filter in force, from the filter block. A journey that matches once is kept to its end. */
export interface CaptureFilter {
  /** pcap-filter(7); null = none. */
  readonly expression: string | null;
  readonly devices: readonly string[];
  /** Name; null = the one of the probe. */
  readonly netns: string | null;
  /** skb->mark & mask = value. */
  readonly mark: { readonly value: number; readonly mask: number } | null;
  readonly hasMetadata: boolean;
  /** All of these TLVs: one of this type, with this value (0x…, as a number) unless null. */
  readonly tlv: readonly { readonly type: number; readonly value: string | null }[];
  /** One journey in so many is kept; null = all. */
  readonly sample: number | null;
  /** Events a second; null = any number. */
  readonly rate: number | null;
  /** Names, or what they begin with up to a slash or an @; [] = all. */
  readonly hooks: readonly string[];
  /** Kept are so many journeys before and after one that meets the condition. */
  readonly trigger: { readonly condition: string; readonly before: number; readonly after: number } | null;
}

/** A journey met the trigger's condition, with the event that follows, of it or of the packet that took in its payload. */
export interface Firing {
  /** epb_packetid, decimal. */
  readonly journey: string;
  /** What was met and where: `metadata lost at eth0:tcx/ingress@last`. */
  readonly text: string;
}
