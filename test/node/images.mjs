// Images for the node, as the blobs and tags that registry.ts serves: one layer with the program test/cluster/workload.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const OCI = "application/vnd.oci.image";

/** Name and tag of each image, and the first words of its command. */
const IMAGES = [
  { reference: "pause:3.10", entrypoint: ["/workload", "pause"] },
  { reference: "shop/web:1.4.2", entrypoint: ["/workload"] },
  { reference: "shop/web:1.5.0", entrypoint: ["/workload"] },
];

/** Writes `blobs/` and `tags.json`, which maps `name:tag` to the digest of a manifest. @returns Whether it had to. */
export function makeImages(program, target) {
  const tagsFile = join(target, "tags.json");
  const stamp = createHash("sha256")
    .update(readFileSync(program))
    .update(JSON.stringify(IMAGES))
    .digest("hex");
  if (existsSync(tagsFile) && JSON.parse(readFileSync(tagsFile, "utf8")).stamp === stamp) return false;
  mkdirSync(join(target, "blobs"), { recursive: true });
  const layer = layerWith(program);
  const packed = put(target, gzipSync(layer));
  const manifests = IMAGES.map(({ reference, entrypoint }) => {
    const config = put(
      target,
      JSON.stringify({
        architecture: process.arch === "x64" ? "amd64" : process.arch,
        os: "linux",
        config: { Entrypoint: entrypoint, Env: ["PATH=/"] },
        rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
        // So that tags differ.
        history: [{ comment: reference, empty_layer: true }],
      }),
    );
    const manifest = put(
      target,
      JSON.stringify({
        schemaVersion: 2,
        mediaType: `${OCI}.manifest.v1+json`,
        config: { mediaType: `${OCI}.config.v1+json`, ...config },
        layers: [{ mediaType: `${OCI}.layer.v1.tar+gzip`, ...packed }],
      }),
    );
    return [reference, manifest.digest];
  });
  writeFileSync(tagsFile, JSON.stringify({ stamp, tags: Object.fromEntries(manifests) }));
  return true;
}

/** The program at `/workload`, and the folders that containers expect. */
function layerWith(program) {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-layer-"));
  try {
    for (const folder of ["etc", "tmp"]) mkdirSync(join(directory, folder));
    chmodSync(join(directory, "tmp"), 0o1777);
    copyFileSync(program, join(directory, "workload"));
    const owned = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    return execFileSync("tar", ["--create", ...owned, "--directory", directory, "."], {
      maxBuffer: 64 * 2 ** 20,
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function put(target, content) {
  const digest = digestOf(content);
  writeFileSync(join(target, "blobs", digest.replace("sha256:", "")), content);
  return { digest, size: Buffer.byteLength(content) };
}

function digestOf(content) {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
