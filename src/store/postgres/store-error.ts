import { errorText, TocsinError } from "../../lib/errors.ts";

/** SQLSTATE that the function `fence` of the schema raises. */
export const FENCED = "TF001";

/**
 * The meaning of an error for whoever runs the bridge, by SQLSTATE or code of Node.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const WORDS: Readonly<Record<string, string>> = {
  "22021": "the database does not use UTF-8 (create it with ENCODING 'UTF8')",
  "25006": "the server takes no writes (name the address of the primary in state.url)",
  "28000": "the server does not let this user in (check pg_hba.conf, and the user in state.url)",
  "28P01": "the server refuses the password in state.url",
  "3D000": "the database in state.url does not exist (create it)",
  "3F000": "the schema does not exist (set state.schema, or create it)",
  "42501": "the user in state.url lacks a right (it must own the schema, or may create one in the database)",
  "53100": "the server's disk is full",
  "53300": "the server has no free connection (raise max_connections, or use a session pool)",
  "55P03": "another session holds a lock",
  "57014": "the server ended a statement that took too long",
  "57P01": "the server ended the session",
  "57P03": "the server is starting or stopping",
  ECONNREFUSED: "nothing listens at the address in state.url",
  ENOTFOUND: "the host in state.url has no address",
  EAI_AGAIN: "the name of the host in state.url cannot be looked up at present",
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by itself (give its authority)",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host than that in state.url",
  SELF_SIGNED_CERT_IN_CHAIN: "the authority of the server's certificate is not known (give it)",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the authority of the server's certificate is not known (give it)",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the authority of the server's certificate is not known (give it)",
};

/** The SQLSTATE of an error of the server, or the code of one of Node; "" for neither. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The error that leaves the store: ERR_STORE, with words for people; one of ours stays as it is. */
export function toStoreError(cause: unknown): TocsinError {
  if (cause instanceof TocsinError) return cause;
  const words = WORDS[codeOf(cause)];
  const text = errorText(cause);
  return new TocsinError("ERR_STORE", `postgresql: ${words === undefined ? text : `${words}: ${text}`}`, {
    cause,
  });
}
