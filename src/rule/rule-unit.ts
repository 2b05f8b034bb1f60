import type { Finding } from "../lib/finding.ts";
import type { Locator } from "../lib/locator.ts";
import type { Placed } from "./report.ts";

/** A rule or a drop as its author wrote it, with its path at its origin: `["rules", 2]`. */
export type RuleEntry = Omit<Placed, "document">;

/** The Events that the rules of a unit may see. */
export interface RuleScope {
  /** Only Events that lie in this namespace and are about objects in it. */
  readonly namespace: string;
  /** Stands before the names of its rules, so that they meet no others: `shop/cart/`. */
  readonly prefix: string;
}

/** Rules and drops from one place: a rule file, the configuration itself, an object of a cluster. */
export interface RuleUnit {
  /** Their place, which findings name. */
  readonly origin: Locator;
  /** An error refuses the whole configuration, or leaves this unit out. */
  readonly onError: "refuse" | "leave-out";
  /** Undefined: rules see every Event. Drops of a unit with a scope hold only for its own rules. */
  readonly scope: RuleScope | undefined;
  readonly rules: readonly RuleEntry[];
  readonly drops: readonly RuleEntry[];
  /** Whether it comes with the program, so that its user cannot change it. */
  readonly isShipped?: boolean;
  /** About the place itself, such as an unreadable file. `compileRules` checks the entries. */
  readonly findings: readonly Finding[];
}

/** A source of rules beside files, such as the objects of a cluster. */
export interface RuleProvider {
  /** All units as they are now, in a stable order. Never rejects: an unreadable unit has a finding that says so. */
  read(): Promise<readonly RuleUnit[]>;
}

/** The result of a unit that an error leaves out alone. */
export interface UnitReport {
  /** The unit's `origin.file`. */
  readonly origin: string;
  /** False when an error left it out. */
  readonly isInForce: boolean;
  readonly findings: readonly Finding[];
}
