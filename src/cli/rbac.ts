import { Document, isScalar, visit } from "yaml";

import { type Configuration, summaryOf } from "../config/index.ts";
import {
  becauseText,
  type Manifest,
  manifestsOf,
  type Permission,
  permissionsOf,
  resourceName,
} from "../rbac/index.ts";
import { loadOrComplain } from "./configured.ts";
import type { ExitStatus, Io } from "./io.ts";
import { printJson } from "./print.ts";

/** Options of the command. */
export interface RbacOptions {
  readonly config?: string;
  readonly json?: boolean;
  /** Namespace and account of the program. */
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly selfEvents?: boolean;
}

/** Prints the smallest manifests that this configuration works with. */
export async function rbac(options: RbacOptions, io: Io): Promise<ExitStatus> {
  const configuration = await loadOrComplain(options, io);
  if (configuration === undefined) return 2;
  const { namespace, serviceAccount, selfEvents = false } = options;
  const permissions = permissionsOf(configuration, { selfEvents: selfEvents ? { namespace } : undefined });
  const manifests = manifestsOf(permissions, { namespace, serviceAccount });
  if (options.json === true) printJson({ apiVersion: "v1", kind: "List", items: manifests }, io);
  else io.stdout(toYaml(manifests, headOf(configuration, permissions, namespace)));
  return 0;
}

/** For people who read it before they apply it; YAML sees comments. */
function headOf(
  configuration: Configuration,
  permissions: readonly Permission[],
  namespace: string,
): readonly string[] {
  return [
    `What ${configuration.origin.file} needs: ${summaryOf(configuration)}.`,
    ...permissions.map((permission) => {
      const { verbs, namespaces, because } = permission;
      const where = namespaces.length === 0 ? "" : ` in ${namespaces.join(", ")}`;
      return `  ${verbs.join(", ")} ${resourceName(permission)}${where}: ${becauseText(because)}`;
    }),
    `The namespace must be there: kubectl create namespace ${namespace}`,
  ];
}

function toYaml(manifests: readonly Manifest[], head: readonly string[]): string {
  const documents = manifests.map((manifest) => {
    const document = new Document(manifest);
    visit(document, {
      Seq: (_, list) => {
        list.flow = list.items.every((item) => isScalar(item));
      },
    });
    return `---\n${document.toString({ flowCollectionPadding: false, lineWidth: 0 })}`;
  });
  return `${head.map((line) => `# ${line}\n`).join("")}${documents.join("")}`;
}
