/** The two API groups that serve the one kind of Event: `core/v1` and `events.k8s.io/v1`. */
export type ApiGroup = "core" | "events";

/** The value of an `apiVersion` field. */
export const API_VERSION: Readonly<Record<ApiGroup, string>> = {
  core: "v1",
  events: "events.k8s.io/v1",
};

/** The value of `details.group` of a Status; the core group has no name. */
export const GROUP_NAME: Readonly<Record<ApiGroup, string>> = { core: "", events: "events.k8s.io" };

/** The resource in Status messages. */
export const RESOURCE: Readonly<Record<ApiGroup, string>> = {
  core: "events",
  events: "events.events.k8s.io",
};
