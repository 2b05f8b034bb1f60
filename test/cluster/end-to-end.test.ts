import { describe } from "vitest";

import { isControlPlaneMissing, startControlPlane } from "../support/control-plane.ts";
import { describeEndToEnd } from "../support/describe-end-to-end.ts";

describe.skipIf(isControlPlaneMissing())("with the whole program", () => {
  describeEndToEnd("a real control plane", async () => {
    const plane = await startControlPlane();
    const send = async (
      path: string,
      method: string,
      type: string,
      body: object,
    ): Promise<{ metadata: { name: string } }> => {
      const answer = await plane.request(path, {
        method,
        headers: { "content-type": type },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return JSON.parse(text) as { metadata: { name: string } };
    };
    return {
      kubeconfig: plane.kubeconfig,
      create: async (event) => {
        const created = await send("/api/v1/namespaces/default/events", "POST", "application/json", event);
        return created.metadata.name;
      },
      patch: async (name, patch) => {
        await send(
          `/api/v1/namespaces/default/events/${name}`,
          "PATCH",
          "application/merge-patch+json",
          patch,
        );
      },
      remove: async (name) => {
        await send(`/api/v1/namespaces/default/events/${name}`, "DELETE", "application/json", {});
      },
      [Symbol.asyncDispose]: () => plane.stop(),
    };
  });
});
