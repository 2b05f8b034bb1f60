import { ApiError, ConnectionError } from "../kube/index.ts";

/** The meaning of a failed attempt. */
export type Verdict =
  | {
      /** Another attempt may help: after `afterMs`, where the server named a time. */
      readonly kind: "retry";
      /** `server`: no other write would fare better. */
      readonly whose: "server" | "event";
      readonly afterMs: number | undefined;
    }
  | { readonly kind: "final"; readonly status: number };

/**
 * Judges a failed attempt. The server's admission may answer 429 for one object alone (EventRateLimit), and without
 * Retry-After. After 401 the client has read its credentials anew and tried again already.
 */
export function judge(error: unknown): Verdict {
  if (error instanceof ConnectionError) return { kind: "retry", whose: "server", afterMs: undefined };
  if (!(error instanceof ApiError)) return { kind: "final", status: 0 };
  const { status, retryAfterMs: afterMs } = error;
  if (status === 429 || status === 409) return { kind: "retry", whose: "event", afterMs };
  if (status === 408 || status >= 500) return { kind: "retry", whose: "server", afterMs };
  return { kind: "final", status };
}
