import type { Profile } from "./profiles.ts";
import type { PatchStep, Pod } from "./review.ts";

/** On the Pod template of a workload: the name of the profile it wants. */
export const PROFILE_ANNOTATION = "injector.shop.example/profile";

const INIT_CONTAINER = "injected-wait";

/** The profile that a Pod asks for; undefined when it asks for none. */
export function wantedProfile(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[PROFILE_ANNOTATION];
}

/**
 * The steps that put a profile into a Pod. Existing variables and containers stay: the API server may ask a webhook
 * twice
 * for one Pod (reinvocation), and a variable of the Pod's own author counts more.
 */
export function patchFor(pod: Pod, profile: Profile): readonly PatchStep[] {
  return [...envSteps(pod, profile), ...initSteps(pod, profile)];
}

function envSteps(pod: Pod, { env }: Profile): readonly PatchStep[] {
  return pod.spec.containers.flatMap((container, index): readonly PatchStep[] => {
    const present = new Set(container.env?.map(({ name }) => name));
    const missing = Object.entries(env).flatMap(([name, value]) =>
      present.has(name) ? [] : [{ name, value }],
    );
    if (missing.length === 0) return [];
    const path = `/spec/containers/${index}/env`;
    if (container.env === undefined) return [{ op: "add", path, value: missing }];
    return missing.map((value) => ({ op: "add", path: `${path}/-`, value }));
  });
}

function initSteps(pod: Pod, { initContainer }: Profile): readonly PatchStep[] {
  const { initContainers } = pod.spec;
  if (initContainers?.some(({ name }) => name === INIT_CONTAINER) === true) return [];
  const value = { name: INIT_CONTAINER, ...initContainer };
  return initContainers === undefined
    ? [{ op: "add", path: "/spec/initContainers", value: [value] }]
    : [{ op: "add", path: "/spec/initContainers/0", value }];
}
