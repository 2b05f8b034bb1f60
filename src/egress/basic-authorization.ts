import { DeliveryError } from "./delivery-error.ts";

/** The value of an `Authorization` header for a user name and a password. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/**
 * The same for the `user:pass@` of a URL; undefined when there is none.
 *
 * @throws {DeliveryError} when it is not encoded as URLs are.
 */
export function authorizationOfUrl({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  return basicAuthorization(decoded(username), decoded(password));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw DeliveryError.broken(
      "misconfigured",
      "the URL's user name or password has a % that encodes nothing",
    );
  }
}
