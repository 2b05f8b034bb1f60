import { z } from "zod";

import { cutMiddle } from "../lib/cut-middle.ts";
import { TocsinError } from "../lib/errors.ts";

/** A server that asks for a longer wait is asked again after this, milliseconds: events must not expire unread. */
export const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/** The API server's own form of a failure, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
const Status = z.looseObject({
  kind: z.string().catch(""),
  code: z.int().catch(0),
  reason: z.string().catch(""),
  message: z.string().catch(""),
  details: z
    .looseObject({
      name: z.string().catch(""),
      retryAfterSeconds: z.unknown().optional(),
      causes: z.unknown().optional(),
    })
    .optional()
    .catch(undefined),
});
const Causes = z.array(z.looseObject({ reason: z.string().catch("") })).catch([]);

/** The reason when the answer is not from an API server. */
const UNSAID: z.infer<typeof Status> = { kind: "", code: 0, reason: "", message: "" };

/** Parts of an answer besides its body. */
export interface Refusal {
  /** HTTP status; 0 to take that of the Status object. */
  readonly status: number;
  /** Of the header; undefined when there is none. */
  readonly retryAfterMs: number | undefined;
}

/** The API server refused a request. */
export class ApiError extends TocsinError {
  /** HTTP status, or the code of a Status object inside a stream. */
  readonly status: number;
  /** `Expired`, `Forbidden`, `InternalError`; "" when the answer is not from an API server. */
  readonly reason: string;
  /** The name of the object that a Status is about; "" when it names none, or the answer is no Status. */
  readonly objectName: string;
  /** Reasons of the causes: `ResourceVersionTooLarge`. */
  readonly causes: readonly string[];
  /** Milliseconds; undefined when the server named none. */
  readonly retryAfterMs: number | undefined;

  private constructor(message: string, fields: Refusal & Pick<ApiError, "reason" | "objectName" | "causes">) {
    super("ERR_API", message);
    this.name = "ApiError";
    this.status = fields.status;
    this.reason = fields.reason;
    this.objectName = fields.objectName;
    this.causes = fields.causes;
    this.retryAfterMs = fields.retryAfterMs;
  }

  /**
   * Makes the error from a body or an in-stream object: a Status, or anything a proxy might have sent.
   *
   * @param place The request, for the message: `GET /version`.
   */
  static from(place: string, body: unknown, refusal: Refusal): ApiError {
    const { kind, code, reason, message, details } = Status.safeParse(body).data ?? UNSAID;
    const status = refusal.status === 0 ? code : refusal.status;
    const said = typeof body === "string" ? body : message;
    const seconds = Number(details?.retryAfterSeconds);
    return new ApiError(
      `${place}: the API server answered ${status}${said === "" ? "" : ": "}${cutMiddle(said, 200)}`,
      {
        status,
        reason,
        objectName: kind === "Status" ? (details?.name ?? "") : "",
        causes: Causes.parse(details?.causes).map((cause) => cause.reason),
        retryAfterMs:
          refusal.retryAfterMs ??
          (seconds > 0 ? Math.min(LONGEST_RETRY_AFTER_MS, seconds * 1000) : undefined),
      },
    );
  }
}

/** No answer, or only half of one: refused, reset, timed out, not trusted. The reason is the `cause`. */
export class ConnectionError extends TocsinError {
  /** Whether the server had begun to answer. */
  readonly midway: boolean;
  /** Whether the answer was given up because it had too many bytes. */
  readonly isTooLarge: boolean;

  constructor(
    message: string,
    options: ErrorOptions & { readonly midway: boolean; readonly isTooLarge?: boolean },
  ) {
    super("ERR_API", message, options);
    this.name = "ConnectionError";
    this.midway = options.midway;
    this.isTooLarge = options.isTooLarge ?? false;
  }
}
