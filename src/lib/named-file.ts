/** A file by both its names. */
export interface NamedFile {
  /** As findings and the user name it. */
  readonly shown: string;
  /** Absolute. */
  readonly path: string;
}
