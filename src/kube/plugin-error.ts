import { TocsinError } from "../lib/errors.ts";

/** A credential plugin gave no credentials. */
export class PluginError extends TocsinError {
  /** The next thing to do, in words. */
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super("ERR_CREDENTIALS", message, options);
    this.name = "PluginError";
    this.remedy = remedy;
  }
}
