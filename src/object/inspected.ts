import { type Condition, conditions } from "./condition.ts";
import { optionalCount, part, sentence, word } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** The kept state of an object whose kind `kubernetes.inspect` names. */
export interface InspectedState extends Metadata {
  readonly kind: "inspected";
  /** The generation of the spec that its controller has acted on; undefined where it does not say. */
  readonly observedGeneration: number | undefined;
  readonly conditions: readonly Condition[];
  /** `status.health` of an Argo CD Application: `Healthy`, `Progressing`, `Degraded`; "" elsewhere. */
  readonly health: string;
  readonly healthMessage: string;
}

/** Reads an object by the conventions for status conditions of the Kubernetes API. */
export const inspected = part({
  metadata,
  status: part({
    observedGeneration: optionalCount,
    conditions,
    health: part({ status: word, message: sentence }),
  }),
}).transform(({ metadata: common, status }): InspectedState => ({
  kind: "inspected",
  ...common,
  observedGeneration: status.observedGeneration,
  conditions: status.conditions,
  health: status.health.status,
  healthMessage: status.health.message,
}));
