import { domainToASCII } from "node:url";

import { z } from "zod";

const NAME = String.raw`[A-Za-z\d](?:[A-Za-z\d.-]{0,251}[A-Za-z\d])?`;

const error = "expected a host name, such as tocsin.example.com";

/** A host name, as certificates have it. */
export const HostName = z.string().regex(new RegExp(`^${NAME}$`, "u"), { error });

/** A host name, or an address in brackets as SMTP writes one (RFC 5321, 4.1.3). */
export const HelloName = z
  .string()
  .regex(new RegExp(String.raw`^(?:${NAME}|\[[\d.]{7,15}\]|\[IPv6:[\dA-Fa-f:.]{2,45}\])$`, "u"), { error });

/** The name that goes for the host of whoever has this mail address, in ASCII. */
export function nameOfDomain(address: string): string {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  return domainToASCII(domain) || "localhost";
}
