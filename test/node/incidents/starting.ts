import type { Incident } from "../incident.ts";
import type { Stage } from "../stage.ts";
import { isTroubled } from "../well.ts";

const SERVES = async (stage: Stage): Promise<void> => stage.deploy("serve");
const image = (name: string) => ({ container: { image: `registry.example.com/${name}` } });

const settings = (data: Readonly<Record<string, string>>) =>
  ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data }) as object;
const secret = (name: string) =>
  ({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { password: "x" } }) as object;

/** Containers that never start. */
export const starting: readonly Incident[] = [
  {
    name: "image-not-found",
    isShort: true,
    prepare: async (stage) => stage.deploy("serve", { spec: { replicas: 2 } }),
    cause: async (stage) => stage.deploy("serve", { spec: { replicas: 2 }, ...image("shop/web:9.9.9") }),
    repair: async (stage) => stage.deploy("serve", { spec: { replicas: 2 } }),
    isSo: isTroubled,
    rules: /image-pull-failing/u,
    names: [/shop\/web:9\.9\.9/u, /not found/iu],
  },
  {
    name: "image-unauthorized",
    prepare: SERVES,
    cause: async (stage) => stage.deploy("serve", image("private/thumbs:7")),
    repair: SERVES,
    isSo: isTroubled,
    rules: /image-pull-failing/u,
    names: [/private\/thumbs:7/u, /401|authoriz|authentication|denied/iu],
  },
  {
    name: "pull-secret-missing",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("serve", {
        ...image("private/thumbs:8"),
        pod: { imagePullSecrets: [{ name: "registry-login" }] },
      }),
    repair: SERVES,
    isSo: isTroubled,
    rules: /image-pull-failing/u,
    names: [/private\/thumbs:8/u, /registry-login/u],
  },
  {
    name: "image-rate-limit",
    prepare: SERVES,
    cause: async (stage) => stage.deploy("serve", image("limited/cart:2")),
    repair: SERVES,
    isSo: isTroubled,
    rules: /image-pull-failing/u,
    names: [/limited\/cart:2/u, /429|too ?many ?requests|rate limit/iu],
  },
  {
    name: "setting-key-missing",
    isShort: true,
    prepare: async (stage) => {
      await stage.apply(settings({ other: "x" }));
      await stage.deploy("serve");
    },
    cause: async (stage) =>
      stage.deploy("serve", {
        container: {
          env: [{ name: "MODE", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } }],
        },
      }),
    repair: async (stage) => stage.apply(settings({ mode: "fast" })),
    isSo: isTroubled,
    rules: /container-config-error/u,
    names: [/\bmode\b/u, /settings/u],
  },
  {
    name: "secret-missing",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("serve", { container: { envFrom: [{ secretRef: { name: "database" } }] } }),
    repair: async (stage) => stage.apply(secret("database")),
    isSo: isTroubled,
    rules: /container-config-error/u,
    names: [/database/u],
  },
  {
    name: "volume-settings-missing",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("serve", {
        container: { volumeMounts: [{ name: "settings", mountPath: "/settings" }] },
        pod: { volumes: [{ name: "settings", configMap: { name: "settings" } }] },
      }),
    repair: async (stage) => stage.apply(settings({ mode: "fast" })),
    isSo: isTroubled,
    rules: /volume-mount-failing/u,
    names: [/settings/u, /not found/iu],
  },
  {
    name: "volume-secret-missing",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("serve", {
        container: { volumeMounts: [{ name: "tls", mountPath: "/tls" }] },
        pod: { volumes: [{ name: "tls", secret: { secretName: "web-tls" } }] },
      }),
    repair: async (stage) => stage.apply(secret("web-tls")),
    isSo: isTroubled,
    rules: /volume-mount-failing/u,
    names: [/web-tls/u, /not found/iu],
  },
];
