import type { Place } from "./place.ts";

/**
 * Everything that an import may have to say, with its heading for people. The codes are fixed: pages and scripts name
 * them.
 */
export const REPORT_CODES = {
  "parse-error": "The tool does not start with this",
  "helm-template": "A template of a template: render it first",
  "receiver-outside": "A receiver outside of the match entry",
  "delivers-nothing": "Delivers nothing",
  "never-matched": "Can never match",
  "drop-alone": "A drop that drops nothing",
  "regex-invalid": "An expression that does not compile",
  "unknown-key": "A key that the tool does not read",
  "unknown-receiver": "A receiver that does not exist",
  "receiver-without-sink": "A receiver without a destination",
  "no-equal-sink": "A receiver without an equal",
  "no-equal": "A setting without an equal",
  env: "A variable of the environment",
  "secret-literal": "A secret in the file",
  "credentials-in-url": "Credentials in an address",
  "tls-insecure": "Certificates are not checked",
  "regex-wider": "An expression that matches more than its words",
  "glob-like": "An expression that looks like a glob",
  "may-repeat": "One Event may be sent twice",
  "min-count": "A minimum of the count",
  "component-new-style": "The component of newer Events",
  "labels-looked-up": "Labels and annotations of the object",
  "drop-normal": "Normal Events are dropped",
  template: "A template that is not translated",
  "layout-null": "A value in a layout that was sent as null",
  "layout-strings": "A layout sends texts alone",
  "layout-empty": "An empty layout",
  "loki-labels-literal": "Labels of Loki that are no template",
  "slack-token": "Slack with a bot token",
  "slack-channel-template": "A channel chosen by a template",
  "slack-attachment-ignored": "Parts of a Slack attachment",
  "alertmanager-layout": "A body for Alertmanager",
  "body-is-text": "A body that is a text",
  "quotes-removed": "Quotation marks are removed",
  "body-not-for-wecom": "A body that WeCom refuses",
  "objects-not-events": "Changes of objects are no Events",
  "nothing-of-events": "Nothing of it is about Events",
  "created-updated-deleted": "Events as objects that come and go",
  "text-is-name-only": "A text with the name of the Event alone",
  "namespaced-watch": "One namespace alone",
  "channel-empty": "A channel that is a comment",
  "webhook-body-not-for-slack": "A body that Slack refuses",
  "level-not-read": "A level that is not read",
  "unused-receiver": "A receiver that nothing uses",
  updates: "Repeats of an Event",
  "updates-sent": "Repeats of an Event were sent",
  age: "Late Events",
  "leader-election": "Leader election",
  cluster: "The name of the cluster",
} as const;

/** A fixed word for one thing that an import says. */
export type ReportCode = keyof typeof REPORT_CODES;

/** One line of the report, in whole sentences without a full stop at their ends. */
export interface ReportLine {
  readonly code: ReportCode;
  readonly place: Place;
  /** The path in the old configuration, or the name of a receiver: `route.routes[0].match[1]`. */
  readonly path: string;
  /** The behaviour of the other tool. */
  readonly did: string;
  /** The new text in its place. */
  readonly written: string;
  /** A question for the reader; "" for none. */
  readonly decide: string;
}
