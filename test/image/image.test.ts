import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isControlPlaneMissing, startControlPlane } from "../support/control-plane.ts";
import { startReceiver } from "../support/fake-receiver.ts";
import { freePort } from "../support/free-port.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { Kubectl } from "../support/kubectl.ts";
import { until } from "../support/until.ts";
import { Image, isImageMissing } from "./image.ts";

/** Of distroless and of Kubernetes' Pod Security examples. */
const NONROOT = 65532;
const MEGABYTE = 1024 * 1024;

const KUBECONFIG_OF_NOBODY = JSON.stringify(kubeconfigFor("http://127.0.0.1:9"));

describe.skipIf(isImageMissing())("the image", () => {
  let image: Image;
  let base: Image;
  let folder: string;

  beforeAll(() => {
    image = new Image("localhost/tocsin:amd64");
    base = new Image("localhost/tocsin-runtime:amd64");
    folder = mkdtempSync(join(tmpdir(), "tocsin-image-test-"));
  });
  afterAll(() => {
    image?.[Symbol.dispose]();
    base?.[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A folder for the image's user. */
  function volume(name: string, files: Readonly<Record<string, string>> = {}): string {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    chmodSync(folder, 0o755);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
    chownSync(path, NONROOT, NONROOT);
    return path;
  }

  it("says who it is and how it is run", () => {
    const { config } = image.config;
    expect(config).toMatchObject({
      User: `${NONROOT}:${NONROOT}`,
      StopSignal: "SIGTERM",
      WorkingDir: "/etc/tocsin",
      Entrypoint: ["/nodejs/bin/node", "/app/dist/main.js"],
      Cmd: ["run"],
      ExposedPorts: { "8080/tcp": {} },
    });
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(config.Labels).toMatchObject({
      "org.opencontainers.image.title": "tocsin",
      "org.opencontainers.image.licenses": "Apache-2.0",
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.revision": expect.stringMatching(/^(?:[0-9a-f]{40}|unknown)$/u),
    });
    expect(config.Env).toEqual(
      expect.arrayContaining([
        "NODE_ENV=production",
        "TOCSIN_CONFIG=/etc/tocsin/tocsin.yaml",
        "TOCSIN_LISTEN=0.0.0.0:8080",
      ]),
    );
  });

  it("has no shell, and production files only", () => {
    const programs = filesOf(image.root).filter((file) =>
      /(?:^|\/)(?:sh|dash|bash|busybox|ash|zsh)$/u.test(file),
    );
    expect(programs).toEqual([]);
    expect(readdirSync(join(image.root, "app")).toSorted()).toEqual(
      [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "bin",
        "dist",
        "node_modules",
        "package.json",
        "rules",
        "scenarios",
        "schema",
      ].toSorted(byText),
    );
    const own = filesOf(join(image.root, "app"));
    expect(
      own.filter(
        (file) =>
          /\.ts$|\.map$|(?:^|\/)(?:test|\.git|\.env|\.npmrc)(?:\/|$)/u.test(file) &&
          !file.startsWith("node_modules/"),
      ),
    ).toEqual([]);
    const { devDependencies, dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
      "devDependencies" | "dependencies",
      Record<string, string>
    >;
    const installed = new Set(
      own.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(file)?.[1] ?? []),
    );
    expect(Object.keys(dependencies).filter((name) => !installed.has(name))).toEqual([]);
    // The lock file says which of them production needs as well, as a dependency of a dependency.
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
    };
    const surplus = Object.keys(devDependencies).filter(
      (name) => installed.has(name) && packages[`node_modules/${name}`]?.dev === true,
    );
    expect(surplus).toEqual([]);
  });

  it("belongs to root but for the place of its state, and nothing in it has set-user-id", () => {
    const owned = filesOf(join(image.root, "app"))
      .map((file) => lstatSync(join(image.root, "app", file)))
      .filter((file) => !file.isSymbolicLink());
    expect(owned.length).toBeGreaterThan(1000);
    expect(owned.every(({ uid, mode }) => uid === 0 && (mode & 0o022) === 0 && (mode & 0o6000) === 0)).toBe(
      true,
    );
    expect(lstatSync(join(image.root, "var/lib/tocsin"))).toMatchObject({ uid: NONROOT, gid: NONROOT });
  });

  it("is the same, layer by layer, when it is built again", () => {
    using again = new Image("localhost/tocsin:again");
    expect(again.config.rootfs.diff_ids).toEqual(image.config.rootfs.diff_ids);
  });

  it("is for arm64 as well, with the same files of ours", () => {
    using other = new Image("localhost/tocsin:arm64");
    expect(other.config.architecture).toBe("arm64");
    expect(image.config.architecture).toBe("amd64");
    const ours = image.config.rootfs.diff_ids.slice(base.config.rootfs.diff_ids.length);
    expect(other.config.rootfs.diff_ids.slice(-ours.length)).toEqual(ours);
    expect(other.config.config).toEqual(image.config.config);
  });

  it("is at most 150 MB larger than its base", () => {
    const bytes = sizeOf(image.root) - sizeOf(base.root);
    const parts = execFileSync("du", ["--bytes", "--max-depth=2", join(image.root, "app")], {
      encoding: "utf8",
    })
      .trim()
      .split("\n")
      .map((line) => line.split("\t"))
      .map(([size, path]) => ({ size: Number(size), path: `/${relative(image.root, path ?? "")}` }))
      .toSorted((a, b) => b.size - a.size);
    console.log(`${(bytes / MEGABYTE).toFixed(1)} MB beyond the base`);
    for (const { size, path } of parts.slice(0, 8))
      console.log(`  ${(size / MEGABYTE).toFixed(1)} MB ${path}`);
    expect(bytes).toBeLessThanOrEqual(150 * MEGABYTE);
  });

  it("can load every package that it depends on", async () => {
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
      dependencies: Record<string, string>;
    };
    const names = Object.keys(dependencies);
    const imports = names.map((name) => `await import(${JSON.stringify(name)});`).join("\n");
    // Below /app, where its packages are found.
    const probe = volume("probe", { "probe.mjs": `${imports}\nconsole.log("loaded");\n` });
    const run = image.run(["/app/schema/probe.mjs"], {
      volumes: { "/app/schema": { folder: probe, isWritable: false } },
      program: "/nodejs/bin/node",
    });
    expect({ status: await run.ended(), stderr: run.stderr }).toEqual({ status: 0, stderr: "" });
    expect(run.stdout).toBe("loaded\n");
  });

  it("runs other commands, as nobody in particular, and can write nothing", async () => {
    const version = image.run(["--version"], { volumes: {} });
    expect(await version.ended()).toBe(0);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
    const named = image.run(["version"], { volumes: {}, program: "tocsin" });
    expect(await named.ended()).toBe(0);
    expect(named.stdout).toBe(version.stdout);
    const config = volume("checked", {
      "tocsin.yaml": "cluster: c\nsinks: [{ name: console, type: stdout }]\nroute: { sinks: [console] }\n",
    });
    const check = image.run(["check"], { volumes: { "/etc/tocsin": { folder: config, isWritable: false } } });
    expect(await check.ended()).toBe(0);
    expect(check.stdout).toMatch(/^\d+ rules, 1 sink, 1 route\n/u);
    const init = image.run(["init", "/etc/tocsin/new"], { volumes: {} });
    expect(await init.ended()).toBe(1);
    expect(init.stderr).toMatch(/^tocsin: \/etc\/tocsin\/new cannot be written: /u);
  });

  it.each([
    ["is read-only", false, NONROOT],
    ["belongs to somebody else", true, 0],
  ])("says by /readyz and in its log that the volume of its state %s", async (_, isWritable, owner) => {
    // A server that is not there: what is asked about here is known before.
    const config = volume(`volume-${owner}`, {
      kubeconfig: KUBECONFIG_OF_NOBODY,
      "tocsin.yaml": JSON.stringify({
        cluster: "image",
        kubernetes: { kubeconfig: "kubeconfig" },
        state: { path: "/var/lib/tocsin/tocsin.db" },
        sinks: [{ name: "console", type: "stdout" }],
        route: { sinks: ["console"] },
      }),
    });
    const state = volume(`state-${owner}`);
    chownSync(state, owner, owner);
    const port = await freePort();
    const volumes = {
      "/etc/tocsin": { folder: config, isWritable: false },
      "/var/lib/tocsin": { folder: state, isWritable },
    };
    const bridge = image.run([], { volumes, env: { TOCSIN_LISTEN: `127.0.0.1:${port}` } });
    try {
      let answer = "";
      await until(
        async () => {
          answer = await fetch(`http://127.0.0.1:${port}/readyz`).then(
            (got) => got.text(),
            () => "",
          );
          return answer !== "";
        },
        () => bridge.stderr,
      );
      expect(answer).toMatch(
        /in memory, a restart forgets it: state file \/var\/lib\/tocsin\/tocsin\.db cannot be opened: E/u,
      );
      expect(bridge.stderr).toContain("the state file cannot be used; the state is in memory");
      for (const [path, word] of [
        ["/", "<title>Tocsin</title>"],
        ["/runbooks/crash-loop", "<h1>crash-loop</h1>"],
      ] as const) {
        expect(await (await fetch(`http://127.0.0.1:${port}${path}`)).text()).toContain(word);
      }
      // Beforehand, too: also where a file is there that may be written, but no log beside it.
      if (isWritable) {
        writeFileSync(join(state, "tocsin.db"), "");
        chownSync(join(state, "tocsin.db"), NONROOT, NONROOT);
      }
      const doctor = image.run(["doctor"], { volumes, program: "tocsin" });
      expect(await doctor.ended()).toBe(1);
      expect(doctor.stdout).toMatch(/^fail {2}store .*\/var\/lib\/tocsin/mu);
    } finally {
      await bridge.stop("SIGTERM");
    }
  });

  it.skipIf(isControlPlaneMissing())(
    "follows a real API server with read-only files, tells of an Event, and stops in order",
    async () => {
      await using plane = await startControlPlane();
      using kubectl = new Kubectl(plane);
      await using receiver = await startReceiver();
      const config = volume("config", {
        kubeconfig: plane.kubeconfig,
        "tocsin.yaml": JSON.stringify({
          cluster: "image",
          kubernetes: { kubeconfig: "kubeconfig" },
          state: { path: "/var/lib/tocsin/tocsin.db" },
          rules: [{ name: "broken", match: { reason: "Broken" } }],
          sinks: [{ name: "hook", type: "webhook", url: receiver.url }],
          route: { sinks: ["hook"], groupWait: "100ms" },
        }),
      });
      const state = volume("state");
      const port = await freePort();
      const volumes = {
        "/etc/tocsin": { folder: config, isWritable: false },
        "/var/lib/tocsin": { folder: state, isWritable: true },
      };
      const startedAt = performance.now();
      const bridge = image.run([], { volumes, env: { TOCSIN_LISTEN: `127.0.0.1:${port}` } });
      try {
        await until(
          async () => {
            const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
            return answer?.ok === true;
          },
          () => bridge.stderr,
        );
        const readyMs = performance.now() - startedAt;
        const status = readFileSync(`/proc/${bridge.child.pid}/status`, "utf8");
        console.log(
          `watching ${Math.round(readyMs)} ms after its start, ${/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]} kB resident`,
        );
        expect(/^Uid:\s+(.*)$/mu.exec(status)?.[1]?.split("\t")).toEqual(Array(4).fill(`${NONROOT}`));
        expect(/^CapEff:\s+0+$/mu.test(status)).toBe(true);
        expect(/^NoNewPrivs:\s+1$/mu.test(status)).toBe(true);

        await kubectl.apply({
          apiVersion: "v1",
          kind: "Event",
          metadata: { name: "broken.1", namespace: "default" },
          type: "Warning",
          reason: "Broken",
          message: "told by an image",
          involvedObject: { kind: "Pod", namespace: "default", name: "web" },
        });
        await until(
          () => receiver.requests.length === 1,
          () => bridge.stderr,
        );
        expect(receiver.bodies()[0]).toContain("told by an image");
      } finally {
        const stoppedAt = performance.now();
        expect(await bridge.stop("SIGTERM")).toBe(0);
        expect(performance.now() - stoppedAt).toBeLessThan(10_000);
      }
      expect(bridge.stderr).toContain("tocsin has stopped");
      expect(readdirSync(state)).toContain("tocsin.db");
    },
  );
});

/** Paths of everything below a folder, relative to it. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}

function sizeOf(folder: string): number {
  const [bytes = "0"] = execFileSync("du", ["--bytes", "--summarize", folder], { encoding: "utf8" }).split(
    "\t",
  );
  return Number(bytes);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
