import { classifyStatus, DeliveryError, type HttpClient } from "../../egress/index.ts";
import type { Secret } from "../../lib/secret.ts";
import type { SinkContext } from "../sink.ts";
import { awsFailure } from "./aws-failure.ts";
import { endpointOf } from "./endpoint.ts";
import type { AwsKey, Identity } from "./identity.ts";
import { readAwsError } from "./read-aws-error.ts";
import { textOf } from "./xml.ts";

/** A key is renewed so long before it expires: enough for many attempts, milliseconds. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** The parts of a role that a service account may take on. */
export interface WebIdentityParts {
  readonly roleArn: string;
  /** The token of the service account; the kubelet renews its file. */
  readonly token: Secret;
  readonly context: Pick<SinkContext, "clock" | "env" | "name" | "secret">;
  readonly client: HttpClient;
  readonly regionOf: () => string;
}

interface Borrowed {
  readonly key: AwsKey;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * The key that STS lends to a service account of Kubernetes
 * (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html). One call serves until shortly
 * before the key expires.
 */
export class WebIdentity implements Identity {
  readonly #parts: WebIdentityParts;
  #borrowed: Borrowed | undefined;
  #asking: Promise<Borrowed> | undefined;

  constructor(parts: WebIdentityParts) {
    this.#parts = parts;
  }

  async key(signal: AbortSignal): Promise<AwsKey> {
    const old = this.#borrowed;
    const { clock } = this.#parts.context;
    if (old !== undefined && clock.now() < old.expiresAt - RENEW_BEFORE_MS) return old.key;
    try {
      this.#asking ??= this.#ask(signal).finally(() => {
        this.#asking = undefined;
      });
      this.#borrowed = await this.#asking;
      return this.#borrowed.key;
    } catch (thrown) {
      // STS may be away for a while: the old key serves until its end.
      if (old !== undefined && clock.now() < old.expiresAt) return old.key;
      throw thrown;
    }
  }

  forget(): void {
    this.#borrowed = undefined;
  }

  async #ask(signal: AbortSignal): Promise<Borrowed> {
    const { roleArn, token, context, client, regionOf } = this.#parts;
    const { clock, env, name, secret } = context;
    const url = env["AWS_ENDPOINT_URL_STS"] ?? endpointOf("sts", regionOf());
    const body = new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: env["AWS_ROLE_SESSION_NAME"] ?? `tocsin-${name}`.slice(0, 64),
      WebIdentityToken: token.reveal(),
    }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await client.request({ url, method: "POST", headers, body, signal });
    const said = client.quote(answer, url);
    const error = classifyStatus(answer.status, answer.headers, clock.now(), said);
    if (error !== undefined) {
      const found = readAwsError(answer.body);
      throw found === undefined
        ? error.at("STS")
        : awsFailure(found, {
            service: "STS",
            status: error,
            quote: (text) => client.quote({ headers: {}, body: text }, url),
          });
    }
    return readBorrowed(answer.body, (text) => secret(text).reveal());
  }
}

/** @param hide Keeps a secret out of logs and errors from now on, and answers it. */
function readBorrowed(xml: string, hide: (text: string) => string): Borrowed {
  const [accessKeyId, secretAccessKey, sessionToken, expiration] = [
    "AccessKeyId",
    "SecretAccessKey",
    "SessionToken",
    "Expiration",
  ].map((name) => textOf(xml, name));
  const expiresAt = Date.parse(expiration ?? "");
  if (!accessKeyId || !secretAccessKey || !sessionToken || Number.isNaN(expiresAt))
    throw DeliveryError.transient("server", "STS answered without a key");
  const key = { accessKeyId, secretAccessKey: hide(secretAccessKey), sessionToken: hide(sessionToken) };
  return { key, expiresAt };
}
