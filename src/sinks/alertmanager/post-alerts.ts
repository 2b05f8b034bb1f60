import { classifyStatus, DeliveryError, type HttpClient, isHtml } from "../../egress/index.ts";
import type { ApiAlert } from "./api-alert.ts";

const PATH = "/api/v2/alerts";

/** Where alerts go, and by what. */
export interface Post {
  readonly client: HttpClient;
  /** As configured: the address of an Alertmanager, or of the alerts in it. */
  readonly url: string;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The result of a post: the number of alerts that were accepted, and why others were refused. */
export interface Posted {
  readonly accepted: number;
  readonly refusals: readonly DeliveryError[];
}

/**
 * Posts alerts to one Alertmanager. When it refuses them together, each goes alone: for some faults it keeps the others
 * (400), for some it keeps none (422).
 *
 * @throws {DeliveryError} when it takes none of them.
 */
export async function postAlerts(alerts: readonly ApiAlert[], to: Post): Promise<Posted> {
  const refusal = await refusalOf(alerts, to);
  if (refusal === undefined) return { accepted: alerts.length, refusals: [] };
  if (alerts.length === 1 || refusal.class !== "poison") throw refusal;
  const refusals: DeliveryError[] = [];
  for (const alert of alerts) {
    const own = await refusalOf([alert], to);
    if (own !== undefined && own.class !== "poison") throw own;
    if (own !== undefined) refusals.push(own);
  }
  if (refusals.length === alerts.length) throw refusal;
  return { accepted: alerts.length - refusals.length, refusals };
}

async function refusalOf(
  alerts: readonly ApiAlert[],
  { client, url, signal, now }: Post,
): Promise<DeliveryError | undefined> {
  const answer = await client.request({
    url: addressOf(url),
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(alerts),
    signal,
  });
  const isPage = isHtml(answer);
  const said = answer.status < 300 && !isPage ? "" : client.quote(answer, url);
  const refusal = classifyStatus(answer.status, answer.headers, now, said);
  if (refusal !== undefined || !isPage) return refusal;
  // With 200 it comes from something else, such as a portal: Alertmanager has nothing.
  return DeliveryError.transient("server", "a page answered in place of Alertmanager", { said });
}

/** `http://alertmanager:9093/prefix` becomes `…/prefix/api/v2/alerts`; what is no URL stays as it is. */
function addressOf(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text;
  const path = url.pathname.replace(/\/+$/u, "");
  if (!path.endsWith(PATH)) url.pathname = path + PATH;
  return url.href;
}
