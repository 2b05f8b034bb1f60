import { expect, it } from "vitest";

import { replayRecording } from "../../src/simulate/index.ts";
import { wholeText } from "../../src/simulate/recording.ts";
import { present } from "../../src/sink/index.ts";
import { toBlock } from "../../src/sinks/stdout/block.ts";
import { INCIDENTS } from "../simulate/incidents.ts";
import { loadBuiltinConfiguration } from "../support/builtin-configuration.ts";
import { incidentRecording } from "../support/incident-recording.ts";
import { readPage } from "./pages.ts";

it("README shows the messages of a recorded incident as the console has them", async () => {
  const name = "oom-killed-then-raised";
  const { policy } = await loadBuiltinConfiguration();
  const { messages } = await replayRecording({
    file: `${name}.jsonl`,
    chunks: wholeText(incidentRecording(name, INCIDENTS[name] ?? {})),
    policy,
    learnsOwners: true,
    eventTtlMs: 3_600_000,
    onFinding: ({ message }) => expect.fail(message),
  });
  const blocks = messages.map(({ at, notification }) =>
    toBlock(present(notification, at), at, { width: 98, colour: false }),
  );
  expect(blocks).toHaveLength(2);
  for (const block of blocks) expect(readPage("README.md").text).toContain(block.trim());
});
