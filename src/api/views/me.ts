import type { AccessPolicy } from "../access/access-policy.ts";
import type { Caller } from "../access/caller.ts";
import type { Identity } from "../access/identity.ts";
import { isSessionHost } from "../access/session-cookie.ts";
import type { Me } from "../schemas/session.ts";

/** A caller as the API tells it. */
export function toMe({ user, how, may }: Identity, { host }: Caller, policy: AccessPolicy): Me {
  const { read, write, publicUrl } = policy;
  const isMissing = (!may.write && write.length > 0) || (!may.read && read.length + write.length > 0);
  return { user, how, may, canSignIn: isMissing && isSessionHost(host, publicUrl) };
}
