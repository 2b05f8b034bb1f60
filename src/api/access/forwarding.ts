/** Names and beginnings of names, in lower case. */
const NAMES: ReadonlySet<string> = new Set([
  "forwarded",
  "via",
  "cdn-loop",
  "client-ip",
  "fastly-client-ip",
  "incap-client-ip",
  "true-client-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-real-ip",
  // Envoy gives one to each request, https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers
  "x-request-id",
]);
const BEGINNINGS = [
  "x-forwarded-",
  "x-envoy-",
  "x-original-",
  "x-b3-",
  // Linkerd, https://linkerd.io/2/reference/proxy-metrics/
  "l5d-",
  // Cloudflare, Amazon, Azure, Google and Akamai.
  "cf-",
  "x-amz-cf-",
  "x-amzn-",
  "x-azure-",
  "x-appengine-",
  "x-cloud-trace-",
  "akamai-",
  "x-akamai-",
];

/**
 * Whether a header shows that a proxy, the sidecar of a mesh or a CDN has passed a request on.
 *
 * @param header Its name in lower case.
 */
export function isForwarding(header: string): boolean {
  return NAMES.has(header) || BEGINNINGS.some((beginning) => header.startsWith(beginning));
}
