import { describe, expect, it } from "vitest";

import { packPolicy, replay } from "./replay.ts";

const RECORDINGS = new URL("../fixtures/recordings/", import.meta.url);
const policy = packPolicy();

/** What people are told by the rules that ship, and how many messages that may be at most. */
describe("a recorded cluster", () => {
  it.each([
    { name: "storefront-start", messages: 0 },
    { name: "kubelet-network-not-ready", messages: 0 },
    { name: "namespace-deleted", messages: 0 },
    { name: "node-reboot-detected", messages: 1 },
    { name: "crashloop-crash-fast", messages: 2 },
    { name: "image-pull-x509-deployment", messages: 2 },
    { name: "node-outage-kubelet-stopped", messages: 2 },
    { name: "scheduling-needs-ssd", messages: 2 },
    { name: "jobs", messages: 2 },
    { name: "node-memory-pressure-eviction", messages: 3 },
    { name: "create-quota-exceeded", messages: 4 },
  ])("$name makes $messages messages", async ({ name, messages }) => {
    const told = await replay(new URL(`${name}.jsonl`, RECORDINGS), policy);
    expect(told.filter((line) => !line.startsWith(" ")).length).toBeLessThanOrEqual(messages);
    await expect(`${told.join("\n")}\n`).toMatchFileSnapshot(`recordings/${name}.txt`);
  });
});
