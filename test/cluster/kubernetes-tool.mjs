// A program of Kubernetes, built by Go in the version that go.mod beside this file names.
import { fileURLToPath } from "node:url";

import { buildGoTool } from "../support/go-tool.mjs";

/**
 * Builds it, or does nothing when it is there.
 *
 * @param tool.name Of the program.
 * @param tool.program The file to make.
 * @param tool.package What is built, when it is no command of Kubernetes itself.
 * @param tool.sources Files of the package that lie beside go.mod.
 */
export async function buildKubernetesTool(tool) {
  await buildGoTool({
    package: `k8s.io/kubernetes/cmd/${tool.name}`,
    ...tool,
    folder: fileURLToPath(new URL(".", import.meta.url)),
    module: "k8s.io/kubernetes",
    variables: (version) => {
      const [major, minor] = version.slice(1).split(".");
      const names = { gitVersion: version, gitMajor: major, gitMinor: minor };
      return Object.fromEntries(
        Object.entries(names).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]),
      );
    },
  });
}
