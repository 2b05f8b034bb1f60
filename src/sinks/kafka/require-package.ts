import { TocsinError } from "../../lib/errors.ts";

/** The optional package, in the version that package.json names as peer. */
const PACKAGE = "@platformatic/kafka";
const VERSION = "2.12.1";

/**
 * Says at the start which package is missing, without loading it.
 *
 * @param resolve Finds a package from this file.
 * @throws {TocsinError} ERR_CONFIG_INVALID
 */
export function requirePackage(
  resolve: (name: string) => string = (name) => import.meta.resolve(name),
): void {
  try {
    resolve(PACKAGE);
  } catch (cause) {
    const message = `a sink of type kafka needs the package ${PACKAGE}: npm install ${PACKAGE}@${VERSION}`;
    throw new TocsinError("ERR_CONFIG_INVALID", message, { cause });
  }
}
