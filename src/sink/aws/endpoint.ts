/** The address of a service in a region (https://docs.aws.amazon.com/general/latest/gr/rande.html). */
export function endpointOf(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}/`;
}
