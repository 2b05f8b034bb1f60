import { startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { describeEndToEnd } from "../support/describe-end-to-end.ts";

describeEndToEnd("the embedded Events API", async () => {
  const api = await startEventsApi({ clock: systemClock });
  return {
    kubeconfig: JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "embedded",
      contexts: [{ name: "embedded", context: { cluster: "embedded", user: "nobody" } }],
      clusters: [{ name: "embedded", cluster: { server: api.url } }],
      users: [{ name: "nobody", user: {} }],
    }),
    create: (event) => Promise.resolve(api.create(event).name),
    patch: (name, patch) => {
      api.patch("default", name, patch);
      return Promise.resolve();
    },
    remove: (name) => Promise.resolve(api.remove("default", name)),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
});
