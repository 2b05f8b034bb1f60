import { DeliveryError, type HttpClient } from "../../egress/index.ts";
import type { Secret } from "../../lib/secret.ts";
import type { SinkContext } from "../sink.ts";
import type { AwsOptions } from "./options.ts";
import { WebIdentity } from "./web-identity.ts";

/** The key that signs requests. */
export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The source of the key of a sink. */
export interface Identity {
  /**
   * The key of now.
   *
   * @throws {DeliveryError | TocsinError} when there is none, or a secret does not resolve.
   */
  key(signal: AbortSignal): Promise<AwsKey>;
  /** Called when AWS refused the key: a borrowed one is asked for anew. */
  forget(): void;
}

/** Opens the identity of a sink: the options, else a key of the environment, else the role of the service account (IRSA). */
export function openIdentity(
  { credentials }: AwsOptions,
  context: SinkContext,
  { client, regionOf }: { readonly client: HttpClient; readonly regionOf: () => string },
): Identity {
  const { env } = context;
  if (credentials !== undefined) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return keyOf(
      context.secret(accessKeyId),
      context.secret(secretAccessKey),
      sessionToken === undefined ? undefined : context.secret(sessionToken),
    );
  }
  if (isSet(env["AWS_ACCESS_KEY_ID"])) {
    return keyOf(
      context.secret({ env: "AWS_ACCESS_KEY_ID" }),
      context.secret({ env: "AWS_SECRET_ACCESS_KEY" }),
      isSet(env["AWS_SESSION_TOKEN"]) ? context.secret({ env: "AWS_SESSION_TOKEN" }) : undefined,
    );
  }
  const { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile } = env;
  if (isSet(roleArn) && isSet(tokenFile)) {
    const token = context.secret({ file: tokenFile });
    return new WebIdentity({ roleArn, token, context, client, regionOf });
  }
  return { key: () => Promise.reject(noIdentity()), forget: () => undefined };
}

function keyOf(accessKeyId: Secret, secretAccessKey: Secret, sessionToken: Secret | undefined): Identity {
  return {
    key: async () => ({
      accessKeyId: accessKeyId.reveal(),
      secretAccessKey: secretAccessKey.reveal(),
      sessionToken: sessionToken?.reveal(),
    }),
    forget: () => undefined,
  };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function noIdentity(): DeliveryError {
  const message =
    "no identity for AWS: set credentials, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the service account a role";
  return DeliveryError.broken("misconfigured", message);
}
