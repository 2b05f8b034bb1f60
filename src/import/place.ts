/** A place in a file of the user. */
export interface Place {
  /** As the user named it. */
  readonly file: string;
  /** 1-based; 0 when there is none. */
  readonly line: number;
}

/** Keys and indexes from the root of a value. */
export type Path = readonly (string | number)[];
