import { PlainOrSecret } from "../../lib/secret-option.ts";
import type { SinkContext } from "../sink.ts";

/** The address of a service in a region (https://docs.aws.amazon.com/general/latest/gr/rande.html). */
export function endpointOf(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}/`;
}

/** The option of the sinks of services that have one address for each region. */
export const ENDPOINT_FIELD = {
  endpoint: PlainOrSecret.optional().describe(
    "another address than that of the region, such as a VPC endpoint",
  ),
};

type Endpoint = Parameters<SinkContext["secret"]>[0];

/** The address for each request: that of the option, else that of the region. */
export function addressOf(
  service: string,
  endpoint: Endpoint | undefined,
  { context, regionOf }: { readonly context: Pick<SinkContext, "secret">; readonly regionOf: () => string },
): () => string {
  const address = endpoint === undefined ? undefined : context.secret(endpoint);
  return () => address?.reveal() ?? endpointOf(service, regionOf());
}
