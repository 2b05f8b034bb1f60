/**
 * The IPv4 addresses that an IPv6 address may stand for, since gateways and kernels send to the one inside; none for
 * most. In the order of the code: mapped, translated and compatible (RFC 4291, RFC 2765), NAT64 (RFC 6052), local NAT64
 * with a prefix of any length (RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380).
 */
export function embeddedAddresses(address: string): readonly string[] {
  const bytes = bytesOf(address);
  if (bytes === undefined) return [];
  const at = (...places: readonly number[]): string => places.map((place) => bytes[place]).join(".");
  const last = at(12, 13, 14, 15);
  const prefix = bytes.toString("hex", 0, 12);
  if (/^0{16}(?:0{8}|0{4}ffff|ffff0{4})$/u.test(prefix)) return [last];
  if (prefix === "0064ff9b0000000000000000") return [last];
  if (prefix.startsWith("0064ff9b0001")) return [last, at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12)];
  if (prefix.startsWith("2002")) return [at(2, 3, 4, 5)];
  if (prefix.startsWith("20010000")) return [[...bytes.subarray(12)].map((byte) => byte ^ 0xff).join(".")];
  return [];
}

/** The 16 bytes of an IPv6 address without a zone; undefined for other texts. */
function bytesOf(address: string): Buffer | undefined {
  // The URL parser writes every spelling in one: groups in hexadecimal, the longest run of zeros as `::`.
  const host = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
  if (host === undefined) return undefined;
  const [head = [], tail = []] = host
    .split("::")
    .map((side) => side.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(8 - head.length - tail.length).fill("0");
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, "0")).join(""), "hex");
}
