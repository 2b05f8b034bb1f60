import { z } from "zod";

/** Address of a server: `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`; port 0 takes a free one. */
export const ListenAddress = z.string().transform((text, context) => {
  const [, bracketed, plain, digits] = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/u.exec(text) ?? [];
  const port = Number(digits);
  if (port <= 65_535) return { host: bracketed ?? plain ?? "", port };
  context.addIssue({
    code: "custom",
    message: `not an address: ${JSON.stringify(text)} (write host:port, such as 127.0.0.1:8080)`,
  });
  return z.NEVER;
});
export type ListenAddress = z.infer<typeof ListenAddress>;
