import { GROUP_NAME } from "./api-group.ts";

const VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"];

const EVENTS = {
  name: "events",
  singularName: "event",
  namespaced: true,
  kind: "Event",
  verbs: VERBS,
  shortNames: ["ev"],
};
const NAMESPACES = {
  name: "namespaces",
  singularName: "namespace",
  namespaced: false,
  kind: "Namespace",
  verbs: ["create", "get", "list"],
  shortNames: ["ns"],
};
const VERSION = { groupVersion: `${GROUP_NAME.events}/v1`, version: "v1" };
const GROUP = { name: GROUP_NAME.events, versions: [VERSION], preferredVersion: VERSION };

/** The answers to a client's first questions, by path. */
export const DISCOVERY: Readonly<Record<string, unknown>> = {
  "/version": {
    major: "1",
    minor: "36",
    gitVersion: "v1.36.3+tocsin-embedded",
    gitCommit: "",
    gitTreeState: "",
    buildDate: "",
    goVersion: "",
    compiler: "",
    platform: "embedded",
  },
  "/api": { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [GROUP] },
  "/apis/events.k8s.io": { kind: "APIGroup", apiVersion: "v1", ...GROUP },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [EVENTS, NAMESPACES],
  },
  "/apis/events.k8s.io/v1": {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: VERSION.groupVersion,
    resources: [EVENTS],
  },
};
