import { describe, expect, it } from "vitest";

import { DeliveryError } from "../../../src/egress/index.ts";
import { addressOf } from "../../../src/sink/chat/connection.ts";

describe("the address of a request", () => {
  it("keeps every character of the configured query", () => {
    const url = "https://flows.example/invoke?sp=%2Ftriggers&sig=a-_%2b+~";
    expect(addressOf({ url })).toBe(url);
    expect(addressOf({ url, query: { sign: "a/b+c=" } })).toBe(`${url}&sign=a%2Fb%2Bc%3D`);
  });

  it("has the path and the query of the call", () => {
    const target = { url: "https://chat.example/hooks/1/" };
    expect(addressOf(target, { path: "/messages/2", query: { wait: "true" } })).toBe(
      "https://chat.example/hooks/1/messages/2?wait=true",
    );
  });

  it.each(["hooks.example/secret-path", "ftp://hooks.example/secret-path", ""])(
    "is refused without showing it: %s",
    (url) => {
      const refuse = (): string => addressOf({ url });
      expect(refuse).toThrow(DeliveryError);
      expect(refuse).not.toThrow(/secret-path/u);
    },
  );
});
