import { computed, signal } from "@preact/signals";

import { turn } from "./live.ts";

/** What runs behind the page. */
export interface Build {
  /** Of the program. */
  readonly version: string;
  /** Of the configuration in use. */
  readonly configHash: string;
}

const first = signal<Build | undefined>(undefined);
const last = signal<Build | undefined>(undefined);

/** The version that runs now, where it is another one than when this page was loaded; undefined for the same. */
export const newVersion = computed(() =>
  last.value?.version === first.value?.version ? undefined : last.value?.version,
);

/** Takes over what runs now, as a stream or the status says: another configuration turns what follows from it. */
export function hearBuild({ version, configHash }: Build): void {
  const before = last.value;
  last.value = { version, configHash };
  first.value ??= last.value;
  if (before !== undefined && before.configHash !== configHash) turn("config");
}
