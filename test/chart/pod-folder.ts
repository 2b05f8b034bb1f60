import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { at } from "./rendered.ts";

/** The names of files and what is in them. */
export type Files = Readonly<Record<string, string>>;

/** The objects that fill the volumes of a Pod, keyed by name. */
export interface VolumeSources {
  readonly configMaps: Readonly<Record<string, Files>>;
  readonly secrets: Readonly<Record<string, Files>>;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

interface Mount {
  readonly kind: "configMap" | "secret";
  readonly source: string;
  readonly folder: string;
}

/**
 * The files of a Pod in a folder of this machine, laid out as the kubelet does: `..data` is a symlink to a folder with
 * the files, each file a symlink into it, and an update swaps `..data`. Absolute paths get the folder in front.
 */
export class PodFolder implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "tocsin-pod-"));
  /** Of the container, with paths of this machine. */
  readonly env: Readonly<Record<string, string>>;
  readonly #mounts: readonly Mount[];
  #version = 0;

  /** @param spec A Pod's. */
  constructor(spec: unknown, sources: VolumeSources) {
    const container = at(spec, "containers", 0);
    const volumes = new Map(list(at(spec, "volumes")).map((volume) => [at(volume, "name"), volume]));
    this.#mounts = list(at(container, "volumeMounts")).flatMap((mount): readonly Mount[] => {
      if (at(mount, "subPath") !== undefined) throw new Error("a subPath is never updated");
      const folder = join(this.root, String(at(mount, "mountPath")));
      mkdirSync(folder, { recursive: true });
      const volume = volumes.get(at(mount, "name"));
      const [configMap, secret] = [at(volume, "configMap", "name"), at(volume, "secret", "secretName")];
      if (typeof configMap === "string") return [{ kind: "configMap", source: configMap, folder }];
      return typeof secret === "string" ? [{ kind: "secret", source: secret, folder }] : [];
    });
    for (const mount of this.#mounts) {
      const named = mount.kind === "secret" ? sources.secrets : sources.configMaps;
      const files = named[mount.source];
      if (files === undefined) throw new Error(`${mount.kind} ${mount.source} not found`);
      this.#fill(mount.folder, files);
    }
    // The kubelet fills in the values of the downward API.
    const variables = list(at(container, "env"))
      .filter((each) => at(each, "value") !== undefined)
      .map((each) => [at(each, "name"), at(each, "value")]);
    this.env = {
      ...this.#here(Object.fromEntries(variables) as Files),
      TOCSIN_LISTEN: "127.0.0.1:0",
      TOCSIN_PROBES: "127.0.0.1:0",
    };
  }

  get configFile(): string {
    return this.env["TOCSIN_CONFIG"] ?? "";
  }

  /** Where the token, the CA and the namespace are. */
  get serviceAccountDir(): string {
    return join(this.root, SERVICE_ACCOUNT);
  }

  /** Mounts the account, as admission of a Pod asks the kubelet to. */
  mountAccount(files: {
    readonly token: string;
    readonly "ca.crt": string;
    readonly namespace: string;
  }): void {
    mkdirSync(this.serviceAccountDir, { recursive: true });
    this.#fill(this.serviceAccountDir, files);
  }

  /** Changes what a ConfigMap or a Secret holds, as the kubelet does it in all its mounts. */
  update(kind: Mount["kind"], source: string, files: Files): void {
    const mounts = this.#mounts.filter((mount) => mount.kind === kind && mount.source === source);
    if (mounts.length === 0) throw new Error(`${kind} ${source} is not mounted`);
    for (const { folder } of mounts) this.#fill(folder, files);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** https://github.com/kubernetes/kubernetes/blob/master/pkg/volume/util/atomic_writer.go */
  #fill(folder: string, files: Files): void {
    const before = readdirSync(folder);
    const data = `..2026_01_01_00_00_0${this.#version++}.123456789`;
    mkdirSync(join(folder, data));
    for (const [name, text] of Object.entries(this.#here(files)))
      writeFileSync(join(folder, data, name), text);
    symlinkSync(data, join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    for (const name of Object.keys(files))
      if (!before.includes(name)) symlinkSync(join("..data", name), join(folder, name));
    for (const name of before) {
      if (name === "..data" || name in files) continue;
      rmSync(join(folder, name), { recursive: true });
    }
  }

  #here(files: Files): Files {
    return Object.fromEntries(
      Object.entries(files).map(([name, text]) => [
        name,
        text.replaceAll(/(?<![\w.])(?=\/etc\/tocsin\/|\/var\/lib\/tocsin\/)/gu, this.root),
      ]),
    );
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
