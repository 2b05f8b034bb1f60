export { type Bound, type Manifest, manifestsOf, type PolicyRule } from "./manifests.ts";
export { becauseText, type Permission, type Reason, resourceName } from "./permission.ts";
export { type PermissionOptions, permissionsOf } from "./permissions-of.ts";
