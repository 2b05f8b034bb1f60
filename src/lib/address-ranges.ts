import { BlockList, isIP } from "node:net";

/** A range of addresses as people write it, `10.0.0.0/8` or `fd00::/8`, or one address; undefined for anything else. */
export function parseRange(
  text: string,
): { readonly address: string; readonly prefix: number; readonly family: "ipv4" | "ipv6" } | undefined {
  const [, address = "", digits] = /^([^/]+)(?:\/(\d{1,3}))?$/u.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const prefix = digits === undefined ? most : Number(digits);
  return prefix > most ? undefined : { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

/** A set of addresses. */
export class AddressRanges {
  readonly #list = new BlockList();

  /** @param ranges In the form of `parseRange`; others add nothing. */
  constructor(ranges: readonly string[]) {
    for (const text of ranges) {
      const range = parseRange(text);
      if (range !== undefined) this.#list.addSubnet(range.address, range.prefix, range.family);
    }
  }

  /** @param address Of a socket: IPv4 may be written in IPv6. Anything else is in no range. */
  has(address: string): boolean {
    const plain = address.replace(/^::ffff:/iu, "");
    const version = isIP(plain);
    return version !== 0 && this.#list.check(plain, version === 6 ? "ipv6" : "ipv4");
  }
}
