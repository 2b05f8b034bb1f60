import type { Configuration } from "../config/index.ts";
import { type ApiClient, ApiError, type OwnPod } from "../kube/index.ts";
import { becauseText, type Permission, permissionsOf, resourceName } from "../rbac/index.ts";
import { fail, ok, type Verdict, warn } from "./check.ts";

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** One question: a verb on a resource in one namespace. */
export interface Question {
  /** `permission list events`, `permission get pods in shop`. */
  readonly name: string;
  readonly permission: Permission;
  readonly verb: string;
  /** "" for all of them. */
  readonly namespace: string;
  readonly enrich: Configuration["process"]["kubernetes"]["enrich"];
}

/** All permissions of a configuration, verb by verb. @param pod The Pod that writes its own Events. */
export function questionsOf(configuration: Configuration, pod: OwnPod | undefined): readonly Question[] {
  const { enrich } = configuration.process.kubernetes;
  return permissionsOf(configuration, { selfEvents: pod }).flatMap((permission) => {
    const namespaces = permission.namespaces.length === 0 ? [""] : permission.namespaces;
    return namespaces.flatMap((namespace) =>
      permission.verbs.map((verb) => {
        const where = namespace === "" ? "" : ` in ${namespace}`;
        const name = `permission ${verb} ${resourceName(permission)}${where}`;
        return { name, permission, verb, namespace, enrich };
      }),
    );
  });
}

/** Asks the API server whether we have the permission. */
export async function askPermission(
  question: Question,
  client: ApiClient,
  signal: AbortSignal,
): Promise<Verdict> {
  const { permission, verb, namespace } = question;
  const { apiGroup } = permission;
  const [resource = "", subresource] = permission.resource.split("/");
  const resourceAttributes = {
    group: apiGroup,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    verb,
    ...(namespace === "" ? {} : { namespace }),
    // The namespace as an object, which its own Role can allow.
    ...(namespace === "" || resource !== "namespaces" ? {} : { name: namespace }),
  };
  const because = `for ${becauseText(permission.because)}`;
  try {
    const { body } = await client.request("POST", REVIEWS, {
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes },
      },
      signal,
    });
    return isAllowed(body)
      ? ok(`allowed, ${because}`)
      : fail(`not allowed, needed ${because}`, hintFor(question));
  } catch (error) {
    if (!(error instanceof ApiError) || ![403, 404].includes(error.status)) throw error;
    return warn(
      `the API server does not say, needed ${because}`,
      "it answers no SelfSubjectAccessReview to us; whether Events may be read is shown by event-ttl and watch",
    );
  }
}

function isAllowed(body: unknown): boolean {
  const status: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "status") : undefined;
  return typeof status === "object" && status !== null && Reflect.get(status, "allowed") === true;
}

function hintFor({ permission: { resource, because }, namespace, enrich }: Question): string {
  const grant = "grant it: tocsin rbac | kubectl apply -f -";
  if (resource === "events") {
    return namespace === ""
      ? `no rule works without; ${grant}; or watch single namespaces only, by kubernetes.namespaces`
      : `no rule sees an Event of ${namespace} without; ${grant}`;
  }
  if (resource === "pods/log")
    return `messages about crashes in ${namespace} have the termination message alone, and no lines of the log, without; ${grant}`;
  const less = enrich === "state" ? "owners, or off" : "off";
  const without = enrich === "state" ? withoutState(resource) : withoutOwners(resource);
  return `without, ${without}; ${grant}; or set kubernetes.enrich: ${less}. Needed by ${becauseText(because)}`;
}

function withoutState(resource: string): string {
  return `messages that depend on ${resource} are not checked before they are sent, and their ends come late`;
}

function withoutOwners(resource: string): string {
  return resource === "namespaces"
    ? "labels and annotations of namespaces stay empty"
    : `alerts name ${resource} by themselves instead of their owners, do not see that they are gone, and their labels stay empty`;
}
