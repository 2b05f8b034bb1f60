import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

import { DeliveryError } from "./delivery-error.ts";
import { embeddedAddresses } from "./embedded-address.ts";

/**
 * Link-local addresses, and those where clouds hand out credentials to everyone on the machine: AWS and most others
 * 169.254.169.254, AWS also fd00:ec2::254 and, for pods of EKS, fd00:ec2::23; Alibaba 100.100.100.200, Google
 * fd20:ce::254, Oracle 192.0.0.192, Azure 168.63.129.16.
 */
const NEVER = blockList([
  "169.254.0.0/16",
  "100.100.100.200/32",
  "192.0.0.192/32",
  "168.63.129.16/32",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
]);

/** Loopback, private networks, carrier-grade NAT, "this host", and what is no address of one host. */
const PRIVATE = blockList([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
  "::/127",
  "fc00::/7",
  "fec0::/10",
  "ff00::/8",
]);

/** The reason why the policy refuses this IP address; undefined when it allows it. */
export function refusalOf(address: string, allowPrivate: boolean): DeliveryError | undefined {
  const [bare = ""] = address.split("%");
  const meant = [bare, ...embeddedAddresses(bare)];
  if (meant.some((each) => contains(NEVER, each))) {
    return refused(`address ${address} is refused: link-local and metadata addresses always are`);
  }
  if (!allowPrivate && meant.some((each) => contains(PRIVATE, each))) {
    return refused(`address ${address} is refused: it is private and allowPrivate is false`);
  }
  return undefined;
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** As `refusalOf`, for the host of a URL; a name is judged when it is resolved. */
export function refusalOfHost(hostname: string, allowPrivate: boolean): DeliveryError | undefined {
  const host = hostname.replace(/^\[(.*)\]$/u, "$1");
  return isIP(host) === 0 ? undefined : refusalOf(host, allowPrivate);
}

/**
 * A look-up for sockets: the socket connects to the very address that was judged, so DNS rebinding has no second
 * look-up to change.
 */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const problem =
        error ?? addresses.map(({ address }) => refusalOf(address, allowPrivate)).find((found) => found);
      const [first] = addresses ?? [];
      if (problem !== undefined || first === undefined) callback(problem ?? nothingFound(), "", 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function nothingFound(): DeliveryError {
  return DeliveryError.transient("network", "the name has no address");
}

function refused(message: string): DeliveryError {
  return DeliveryError.broken("refused-address", message);
}

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", bits] = subnet.split("/");
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}
