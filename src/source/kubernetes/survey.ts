import { lastHeardOf, normalise } from "../../event/index.ts";
import { type ApiClient, ApiError } from "../../kube/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { errorText, toError } from "../../lib/errors.ts";
import { fetchPage, LIST_START } from "./list.ts";
import type { Scope } from "./scope.ts";
import { SHORT_WATCH, troubleOf, troubleText } from "./trouble.ts";
import { watch } from "./watch.ts";

/** Pages read at most of a list, which may have no end: 10,000 Events. */
const MOST_PAGES = 20;

/** The server ends the trial watch after this. */
const TRY_SECONDS = 5;

/** The result of reading a list of Events. */
export interface Survey {
  /** A watch may start here. */
  readonly resourceVersion: string;
  readonly events: number;
  /** Whether all Events were read. */
  readonly complete: boolean;
  /**
   * Milliseconds since the last write of the least recently written Event, by the server's clock; undefined when there
   * is none.
   */
  readonly oldestMs: number | undefined;
}

/** Reads the Events of a scope once. @throws the errors of the API server or the connection; see `explainFailure`. */
export async function surveyEvents(
  scope: Scope,
  {
    client,
    clock,
    signal,
  }: { readonly client: ApiClient; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Survey> {
  let cursor = LIST_START;
  let survey: Survey | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    try {
      const { items, resourceVersion, continueToken, date } = await fetchPage(
        client,
        scope.path,
        { cursor },
        signal,
      );
      const now = date ?? clock.now();
      const ages = items.flatMap((raw) => ageOf(raw, now));
      survey = {
        resourceVersion,
        events: (survey?.events ?? 0) + items.length,
        complete: continueToken === "",
        oldestMs: oldest(ages, survey?.oldestMs),
      };
      if (survey.complete) return survey;
      cursor = { ...cursor, continueToken };
    } catch (error) {
      // When the server compacts the list meanwhile, the rest would say no more than the pages before.
      if (survey === undefined || !(error instanceof ApiError) || error.status !== 410) throw error;
      return survey;
    }
  }
  if (survey === undefined) throw new Error("no page was read");
  return survey;
}

function oldest(ages: readonly number[], before: number | undefined): number | undefined {
  const all = before === undefined ? ages : [...ages, before];
  return all.length === 0 ? undefined : Math.max(...all);
}

type Raw = Parameters<typeof normalise>[0];

/** An item that is no Event is skipped. */
function ageOf(raw: Raw, now: number): readonly number[] {
  try {
    return [Math.max(0, now - lastHeardOf(normalise(raw, "")))];
  } catch {
    return [];
  }
}

/** Opens a watch from a version and ends it. @returns Milliseconds until it was open; else why it is not. */
export async function tryWatch(
  scope: Scope,
  resourceVersion: string,
  {
    client,
    clock,
    signal,
  }: { readonly client: ApiClient; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ readonly ms: number } | { readonly trouble: string }> {
  const startedAt = clock.monotonic();
  let ms = 0;
  const timed: Pick<ApiClient, "stream"> = {
    stream: async (path, ended) => {
      const stream = await client.stream(path, ended);
      ms = clock.monotonic() - startedAt;
      return stream;
    },
  };
  const request = { cluster: "", path: scope.path, resourceVersion, timeoutSeconds: TRY_SECONDS };
  const running = watch(request, { client: timed, clock, signal });
  try {
    const { done, value } = await running.next();
    if (done !== true) return { ms };
    return { trouble: troubleText(value.trouble ?? SHORT_WATCH, "watch", scope) };
  } finally {
    await running.return({ trouble: undefined, livedMs: 0, accepted: false });
  }
}

/** Describes the failure of a list in the words of the log. */
export function explainFailure(thrown: unknown, scope: Scope): string {
  const error = toError(thrown);
  return error.name === "TimeoutError" ? errorText(error) : troubleText(troubleOf(error), "list", scope);
}
