import type { Severity } from "../lib/severity.ts";

/** An open group, as far as people act on it from a receiver. */
export interface OpenGroup {
  /** The worst of its firing alerts. */
  readonly severity: Severity;
  /**
   * Labels that all of its firing alerts have: what a silence of the group matches. Empty when they have too little in
   * common: a silence would reach much farther than the group.
   */
  readonly labels: Readonly<Record<string, string>>;
}

/** A silence of a group. */
export interface GroupSilence {
  /** Epoch milliseconds; undefined: until the alerts end. */
  readonly until: number | undefined;
  readonly author: string;
  /** False: it was there already. */
  readonly isNew: boolean;
}

/** How long a silence of a group lasts, and who wants it. */
export interface SilenceWish {
  /** Milliseconds; undefined: until the alerts end. */
  readonly forMs: number | undefined;
  readonly author: string;
  readonly comment: string;
}

/** The narrow way by which a sink lets people act on groups. */
export interface GroupActions {
  /** The open group of this key; undefined when it is over, or was never known. */
  find(groupKey: string): Promise<OpenGroup | undefined>;
  /** Silences what the group has in common; stored when it resolves. Undefined when the group is over. */
  silence(groupKey: string, wish: SilenceWish): Promise<GroupSilence | undefined>;
}
