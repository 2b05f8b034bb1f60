import { describe, expect, it } from "vitest";

import { proxyFor } from "../../src/egress/proxy.ts";

const PROXIES = { HTTPS_PROXY: "http://secure:1", HTTP_PROXY: "http://plain:1" };

function proxyOf(url: string, env: Record<string, string> = {}, option?: string): string | undefined {
  return proxyFor(new URL(url), option, { ...PROXIES, ...env });
}

describe("proxyFor", () => {
  it("goes by the scheme of the URL", () => {
    expect(proxyOf("https://a.example/")).toBe("http://secure:1");
    expect(proxyOf("http://a.example/")).toBe("http://plain:1");
    expect(proxyFor(new URL("http://a.example/"), undefined, {})).toBeUndefined();
  });

  it("prefers the option, then lower case, and knows empty as off", () => {
    expect(proxyOf("https://a.example/", { NO_PROXY: "*" }, "http://own:1")).toBe("http://own:1");
    expect(proxyOf("https://a.example/", { https_proxy: "http://lower:1" })).toBe("http://lower:1");
    expect(proxyOf("https://a.example/", { HTTPS_PROXY: "" })).toBeUndefined();
  });

  it.each([
    { noProxy: "*", url: "https://a.example/", exempt: true },
    { noProxy: "a.example", url: "https://a.example/", exempt: true },
    { noProxy: "A.Example", url: "https://a.example/", exempt: true },
    { noProxy: "example", url: "https://a.example/", exempt: true },
    { noProxy: "ample", url: "https://a.example/", exempt: false },
    { noProxy: ".example", url: "https://a.example/", exempt: true },
    { noProxy: ".a.example", url: "https://a.example/", exempt: false },
    { noProxy: "*.a.example", url: "https://b.a.example/", exempt: true },
    { noProxy: "x, .svc y", url: "http://hook.shop.svc/", exempt: true },
    { noProxy: "a.example:8443", url: "https://a.example/", exempt: false },
    { noProxy: "a.example:443", url: "https://a.example/", exempt: true },
    { noProxy: "10.0.0.0/8", url: "http://10.1.2.3/", exempt: true },
    { noProxy: "10.0.0.0/8", url: "http://11.1.2.3/", exempt: false },
    { noProxy: "10.0.0.0/99", url: "http://10.1.2.3/", exempt: false },
    { noProxy: "10.1.2.3", url: "http://10.1.2.3:99/", exempt: true },
    { noProxy: "::1", url: "http://[::1]/", exempt: true },
    { noProxy: "[::1]:80", url: "http://[::1]/", exempt: true },
    { noProxy: "fd00::/8", url: "http://[fd00::7]/", exempt: true },
    { noProxy: "", url: "https://a.example/", exempt: false },
  ])("reads NO_PROXY=$noProxy for $url", ({ noProxy, url, exempt }) => {
    expect(proxyOf(url, { NO_PROXY: noProxy }) === undefined).toBe(exempt);
    expect(proxyOf(url, { no_proxy: noProxy }) === undefined).toBe(exempt);
  });
});
