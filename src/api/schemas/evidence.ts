import { z } from "zod";

import { Count, Instant } from "./fields.ts";

const OBJECT = z.string().describe("`Kind/name`; empty when it is about all of the alert.");

const Container = z.object({
  object: OBJECT,
  name: z.string().describe("Of the container."),
  image: z.string().describe("As its spec names it."),
  restarts: Count.describe("So far."),
  memoryLimit: z.string().describe("As in its spec: `40Mi`; empty for none."),
  waiting: z.string().describe("Why it does not run, such as `CrashLoopBackOff`; empty when it does."),
  exit: z
    .object({
      code: z.int().describe("Exit code."),
      reason: z.string().describe("Such as `OOMKilled`."),
      at: Instant.nullable().describe("When; null where the state does not say."),
      ranSeconds: z.number().nullable().describe("How long it ran; null where the state does not say."),
    })
    .nullable()
    .describe("How it ended the last time; null when it never did."),
  text: z.string().describe("The same in one line: `exit 137 OOMKilled after 15 s, limit 40Mi`."),
});

const Workload = z.object({
  object: OBJECT,
  ready: Count.describe("Pods that serve."),
  desired: Count.describe("Pods that it should have."),
  updated: Count.describe("Pods of its newest form."),
  revision: z.string().describe("Empty where its controller does not count rollouts."),
  text: z.string().describe("In one line: `0 of 2 ready: nothing serves`."),
});

/** The cause of an alert, as far as the known state of its objects tells it. Untrusted texts. */
export const Evidence = z.object({
  at: Instant.describe("When the newest state in it was read."),
  summary: z.string().describe("The most telling of it in one line; empty when nothing tells the cause."),
  facts: z
    .array(
      z.object({
        name: z
          .enum(["probe", "missing", "needs", "state", "gone", "node"])
          .describe(
            "`probe`: the answer to the probe for which a container was killed. `missing`: an object that is not there. `needs`: the subject of a pod's trouble. `node`: about the nodes of its objects.",
          ),
        value: z.string().describe("The fact."),
        object: OBJECT,
      }),
    )
    .readonly()
    .describe("Most telling first."),
  containers: z.array(Container).readonly().describe("Containers with trouble."),
  workload: Workload.nullable().describe("Null where nothing is known of it."),
  changes: z
    .array(
      z.object({
        at: Instant.describe("By the clock of the Event's writer."),
        what: z
          .enum(["rollout", "scaled", "cordoned", "uncordoned", "rebooted", "kubelet-started"])
          .describe("The kind of change."),
        text: z.string().describe("The same in words."),
      }),
    )
    .readonly()
    .describe("Changes that came before the problem, newest first."),
});
export type Evidence = Readonly<z.infer<typeof Evidence>>;
