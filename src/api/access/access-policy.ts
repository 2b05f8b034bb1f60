import type { AddressRanges } from "../../lib/address-ranges.ts";
import type { Secret } from "../../lib/secret.ts";

/** The rules of access, as configured now. */
export interface AccessPolicy {
  /** Tokens for reading; the files are read again at every use. */
  readonly read: readonly Secret[];
  /** Tokens for changes. */
  readonly write: readonly Secret[];
  /** Whether programs of this machine read without a token. */
  readonly localRead: boolean;
  /** Address of this server for people. Sessions hold there and on this machine. */
  readonly publicUrl?: string | undefined;
  /** The proxy that says who people are; undefined for none. */
  readonly proxy?: ProxyPolicy | undefined;
  /** The key and the time, to check a session; undefined: no session holds. */
  readonly sessions?: SessionCheck | undefined;
}

/** A proxy that authenticates people, and the groups that may do something. */
export interface ProxyPolicy {
  /** Its addresses. From all others its headers are refused. */
  readonly from: AddressRanges;
  /** Names of headers, in lower case. */
  readonly userHeader: string;
  readonly groupsHeader: string;
  /** Groups; `*` stands for every user. */
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** The key of sessions, and the time. */
export interface SessionCheck {
  readonly key: Uint8Array;
  /** Epoch milliseconds. */
  readonly now: number;
}
