import { startControlPlane } from "../test/support/control-plane.ts";
import { startBareLoop } from "./bare-loop.ts";
import { startBridge } from "./bridge.ts";
import { createdEvent } from "./events.ts";
import { type Latency, measureLatency } from "./latency.ts";

const PATH = "/api/v1/namespaces/default/events";

/** Measures at a steady rate on a kube-apiserver with its etcd, which share the machine. */
export async function measureOnRealServer(
  what: "bridge" | "bare loop",
  events: number,
  perSecond: number,
): Promise<Latency> {
  await using plane = await startControlPlane();
  return await measureLatency({
    events,
    perSecond,
    create: async (index) => {
      const answer = await plane.request(PATH, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(createdEvent(index, { reason: "Bench", objects: events, namespace: "default" })),
      });
      await answer.text();
      if (answer.status !== 201) throw new Error(`the API server answered ${answer.status}`);
    },
    start: (receiverUrl) =>
      what === "bare loop"
        ? startBareLoop({ apiUrl: plane.url, receiverUrl, wants: "reason=Bench", access: plane })
        : startBridge(
            { kubeconfig: plane.kubeconfig },
            {
              kubernetes: { kubeconfig: "kubeconfig.yaml", namespaces: ["default"] },
              rules: [],
              forward: [{ name: "all", match: { reason: "Bench" }, sinks: ["hook"] }],
              sinks: [{ name: "hook", type: "webhook", url: receiverUrl, batch: { size: 1 } }],
            },
          ),
  });
}
