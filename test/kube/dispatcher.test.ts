import { Agent, ProxyAgent } from "undici";
import { describe, expect, it } from "vitest";

import type { Connection } from "../../src/kube/access.ts";
import { createDispatcher } from "../../src/kube/dispatcher.ts";

const PROXY = "http://proxy.example:3128";

/** Whether requests to this server go through a proxy. */
async function isProxied(server: string, env: NodeJS.ProcessEnv, proxyUrl = ""): Promise<boolean> {
  const connection: Connection = {
    server,
    contextName: "",
    origin: "test",
    proxyUrl,
    access: async () => ({ tls: {}, headers: {} }),
  };
  const dispatcher = createDispatcher(connection, {}, env);
  await dispatcher.close();
  const isDirect = dispatcher instanceof Agent;
  expect(isDirect).not.toBe(dispatcher instanceof ProxyAgent);
  return !isDirect;
}

describe("the way to the API server", () => {
  it.each([
    { noProxy: "10.96.0.0/12,.svc,localhost", server: "https://10.96.0.1:443", proxied: false },
    { noProxy: "10.96.0.0/12", server: "https://10.112.0.1", proxied: true },
    { noProxy: "corp.example", server: "https://api.corp.example:6443", proxied: false },
    { noProxy: "api.corp.example:443", server: "https://api.corp.example:6443", proxied: true },
    { noProxy: "", server: "https://api.corp.example:6443", proxied: true },
    { noProxy: "", server: "https://127.0.0.1:6443", proxied: false },
  ])("reads NO_PROXY=$noProxy for $server as sinks do", async ({ noProxy, server, proxied }) => {
    expect(await isProxied(server, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy })).toBe(proxied);
  });

  it("goes by the proxy-url of the kubeconfig whatever the environment says", async () => {
    expect(await isProxied("https://127.0.0.1:6443", { NO_PROXY: "*" }, PROXY)).toBe(true);
  });

  it("takes a proxy of the environment without a scheme, and refuses what is no URL", async () => {
    expect(await isProxied("https://a.example", { HTTPS_PROXY: "proxy.example:3128" })).toBe(true);
    await expect(isProxied("https://a.example", { HTTPS_PROXY: "http://[" })).rejects.toThrow(
      "test: the proxy of the environment is not a URL",
    );
    await expect(isProxied("https://a.example", {}, "[")).rejects.toThrow("test: proxy-url is not a URL");
  });
});
