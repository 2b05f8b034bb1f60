/** The two API groups that serve the one kind of Event: `core/v1` and `events.k8s.io/v1`. */
export type ApiGroup = "core" | "events";

/** As an `apiVersion` field has it. */
export const API_VERSION: Readonly<Record<ApiGroup, string>> = {
  core: "v1",
  events: "events.k8s.io/v1",
};

/** As `details.group` of a Status has it; the core group has no name. */
export const GROUP_NAME: Readonly<Record<ApiGroup, string>> = { core: "", events: "events.k8s.io" };

/** The resource as Status messages name it. */
export const RESOURCE: Readonly<Record<ApiGroup, string>> = {
  core: "events",
  events: "events.events.k8s.io",
};
