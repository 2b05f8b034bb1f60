import { exactValue } from "../../lib/exact-value.ts";
import type { Notification, NotifiedAlert } from "../notification.ts";

type Labels = Readonly<Record<string, string>>;
type PageLinks = Pick<Notification["links"], "silence" | "alert">;

/** The content of a message, as far as links into the page name it. */
export interface LinkedNews {
  /** 1 or more, without those that ended in part. */
  readonly alerts: readonly Pick<NotifiedAlert, "fingerprint" | "labels">[];
  /** Number of alerts that the message does not show. */
  readonly omitted: number;
  /** Labels that all alerts have in common, also those that are omitted. */
  readonly common: Labels;
  readonly status: Notification["status"];
}

/** Labels that a silence of a message matches, as far as its alerts have one value of them. */
const SUBJECT = ["rule", "cluster", "namespace", "workload"];

/** Without one of these a silence would be of everything in a namespace, or in a cluster. */
const NARROW = ["rule", "workload"];

/**
 * The links of a message into the page: to the only alert, else to the open alerts like those of the message; and to a
 * new silence with the labels that all have, in the form of `tocsin silence add --match`.
 *
 * @param page Its address without a slash at the end; undefined where there is no page.
 */
export function pageLinks(page: string | undefined, news: LinkedNews): PageLinks {
  if (page === undefined) return { silence: null, alert: null };
  const labels = subjectOf(news);
  const silence = news.status === "firing" ? silenceQuery(labels) : undefined;
  const [only] = news.alerts.length === 1 && news.omitted === 0 ? news.alerts : [];
  return {
    alert:
      only === undefined
        ? openAlerts(page, labels)
        : `${page}/alerts/${encodeURIComponent(only.fingerprint)}`,
    silence: silence === undefined ? null : `${page}/silences?${silence}`,
  };
}

/** The address of the page in links that `pageLinks` made; undefined where there is none. */
export function pageOf({ alert }: PageLinks): string | undefined {
  // Values are encoded, so that no slash of theirs is found.
  return alert?.replace(/\/(?:alerts\/[^/]*|(?:\?[^/]*)?)$/u, "");
}

function openAlerts(page: string, { rule = "", namespace = "" }: Labels): string {
  const query = new URLSearchParams();
  if (rule !== "") query.set("q", rule);
  if (namespace !== "") query.set("ns", namespace);
  return query.size === 0 ? `${page}/` : `${page}/?${query.toString()}`;
}

function silenceQuery(labels: Labels): string | undefined {
  if (!NARROW.some((label) => labels[label] !== undefined)) return undefined;
  const query = new URLSearchParams();
  for (const [label, value] of Object.entries(labels)) query.append("match", `${label}=${exactValue(value)}`);
  return query.toString();
}

function subjectOf({ alerts, omitted, common }: LinkedNews): Labels {
  return Object.fromEntries(
    SUBJECT.flatMap((label) => {
      const shown = new Set(alerts.map(({ labels }) => labels[label] ?? ""));
      const value = omitted === 0 && shown.size === 1 ? [...shown].join() : (common[label] ?? "");
      return value === "" ? [] : [[label, value]];
    }),
  );
}
