import type { ObjectReference } from "./report.ts";

/** The parts of a Kubernetes object that name it. */
export interface NamedObject {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata?: {
    readonly name?: string | undefined;
    readonly namespace?: string | undefined;
    readonly uid?: string | undefined;
  };
}

/**
 * The reference to an object as the API server gives it.
 *
 * @param kind For objects of a list, which have neither kind nor version of their own.
 */
export function referenceTo(
  object: NamedObject,
  kind: { readonly apiVersion?: string; readonly kind?: string; readonly fieldPath?: string } = {},
): ObjectReference {
  const { name = "", namespace, uid } = object.metadata ?? {};
  return {
    apiVersion: object.apiVersion ?? kind.apiVersion,
    kind: object.kind ?? kind.kind ?? "",
    name,
    namespace,
    uid,
    fieldPath: kind.fieldPath,
  };
}
