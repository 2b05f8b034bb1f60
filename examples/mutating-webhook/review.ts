import { z } from "zod";

const OwnerReference = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});
export type OwnerReference = z.infer<typeof OwnerReference>;

const Container = z.looseObject({
  name: z.string(),
  env: z.array(z.looseObject({ name: z.string() })).optional(),
});

/** The parts of a Pod that injection reads; everything else is left as it is. */
export const Pod = z.looseObject({
  metadata: z.looseObject({
    name: z.string().optional(),
    generateName: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    ownerReferences: z.array(OwnerReference).optional(),
  }),
  spec: z.looseObject({
    containers: z.array(Container),
    initContainers: z.array(Container).optional(),
  }),
});
export type Pod = z.infer<typeof Pod>;

/**
 * The request of the API server,
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export const AdmissionReview = z.looseObject({
  apiVersion: z.literal("admission.k8s.io/v1"),
  kind: z.literal("AdmissionReview"),
  request: z.looseObject({
    uid: z.string(),
    namespace: z.string(),
    /** Nothing may be written but the answer. */
    dryRun: z.boolean().optional(),
    object: z.unknown(),
  }),
});
export type AdmissionReview = z.infer<typeof AdmissionReview>;

/** One step of a JSON patch. */
export interface PatchStep {
  readonly op: "add";
  readonly path: string;
  readonly value: unknown;
}

/** The answer to a review: always yes, with a patch or with a warning that `kubectl` shows. */
export interface AdmissionAnswer {
  readonly apiVersion: "admission.k8s.io/v1";
  readonly kind: "AdmissionReview";
  readonly response: {
    readonly uid: string;
    readonly allowed: true;
    readonly patchType?: "JSONPatch";
    /** Base64 of the steps as JSON. */
    readonly patch?: string;
    readonly warnings?: readonly string[];
  };
}

/** Lets a Pod in: with a patch, or as it is and with a warning. */
export function admit(
  uid: string,
  { patch = [], warning }: { readonly patch?: readonly PatchStep[]; readonly warning?: string },
): AdmissionAnswer {
  const steps = Buffer.from(JSON.stringify(patch)).toString("base64");
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: {
      uid,
      allowed: true,
      ...(patch.length === 0 ? {} : { patchType: "JSONPatch", patch: steps }),
      ...(warning === undefined ? {} : { warnings: [warning] }),
    },
  };
}
