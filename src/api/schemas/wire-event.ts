import { z } from "zod";

import { Count, Instant } from "./fields.ts";

const WireRef = z.object({
  kind: z.string().describe("As in Kubernetes: `Pod`."),
  apiVersion: z.string().describe("Of the object; may be empty."),
  namespace: z.string().describe("Empty for an object without one."),
  name: z.string().describe("Of the object."),
  uid: z.string().describe("Of the object; may be empty."),
  fieldPath: z.string().describe("The part of the object: `spec.containers{app}`; may be empty."),
  container: z.string().describe("The container that `fieldPath` names; may be empty."),
});

const Texts = z.record(z.string(), z.string()).readonly();

/** An Event as receivers get it. */
export const WireEvent = z.object({
  uid: z.string().describe("Of the Event."),
  name: z.string().describe("Of the Event."),
  namespace: z.string().describe("Of the Event."),
  type: z.string().describe("`Normal` or `Warning`."),
  reason: z.string().describe("As Kubernetes writes it: `BackOff`."),
  message: z.string().describe("Cut after 8192 characters: untrusted text."),
  action: z.string().describe("May be empty."),
  count: Count.describe("Occurrences so far."),
  source: z
    .object({
      component: z.string().describe("The writer: `kubelet`."),
      host: z.string().describe("Where it runs; may be empty."),
    })
    .describe("Who wrote it."),
  involvedObject: WireRef.describe("The object of the Event."),
  related: WireRef.nullable().describe("A second object; null for none."),
  firstSeen: Instant.describe("By the clock of the Event's writer."),
  lastSeen: Instant.describe("By the clock of the Event's writer."),
  metadata: z
    .object({
      labels: Texts.describe("Of the Event itself."),
      annotations: Texts.describe("Of the Event itself."),
    })
    .describe("Labels and annotations of the Event."),
});
export type WireEvent = Readonly<z.infer<typeof WireEvent>>;
