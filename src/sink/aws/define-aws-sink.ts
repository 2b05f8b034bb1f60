import type { z } from "zod";

import type { EventRecord } from "../../alert/index.ts";
import { DeliveryError } from "../../egress/index.ts";
import { defineRecordSink, type RecordStore, type StoreAnswer, type StoreVerdict } from "../records/index.ts";
import type { SinkContext, SinkType } from "../sink.ts";
import { awsFailure, isKeyRefused } from "./aws-failure.ts";
import { openIdentity } from "./identity.ts";
import type { AwsOptions } from "./options.ts";
import { type AwsError, readAwsError } from "./read-aws-error.ts";
import { signRequest } from "./sign-request.ts";

/** Messages or events in a request, of each of the services here. */
const MOST_ENTRIES = 10;

/** A record on its way into a request. */
export interface AwsEntry {
  readonly record: EventRecord;
  /** The record as JSON, in letters that XML has too, as AWS demands. */
  readonly json: string;
}

/** The part of a service that differs from the others. */
export interface AwsTarget {
  /** Where requests go; it may be a secret. */
  url(): string;
  /** Undefined: unknown. */
  region(): string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  toBody(entries: readonly AwsEntry[]): string;
  /** The outcome of each entry by an answer with status 200; undefined when it is no such answer. */
  outcomes(body: string, count: number): readonly (AwsError | undefined)[] | undefined;
}

/** A service of AWS that takes records. */
export interface AwsSinkDefinition<Options> {
  readonly type: string;
  readonly options: z.ZodType<Options>;
  /** As people call it: SQS. */
  readonly title: string;
  /** As signatures name it: sqs. */
  readonly service: string;
  /** Longest body of a request, in bytes. */
  readonly maxBytes: number;
  open(options: Options, context: SinkContext): AwsTarget;
}

/** Makes the type of a sink that writes records to a service of AWS, ten in a signed request. */
export function defineAwsSink<Options extends AwsOptions>(
  definition: AwsSinkDefinition<Options>,
): SinkType<Options> {
  const { type, options, maxBytes, service, title } = definition;
  return defineRecordSink<Options, AwsEntry>({
    type,
    options,
    maxBytes,
    maxRecords: MOST_ENTRIES,
    shows: true,
    compression: "none",
    open: (own, context, client) => {
      const target = definition.open(own, context);
      const { AWS_REGION, AWS_DEFAULT_REGION } = context.env;
      const regionOf = (): string =>
        [own.region, target.region(), AWS_REGION, AWS_DEFAULT_REGION].find(Boolean) ?? unknownRegion();
      const identity = openIdentity(own, context, { client, regionOf });
      const cache = new Map<string, ArrayBuffer>();
      return {
        urls: () => [target.url()],
        toItem: (record, json) => ({ record, json: withXmlLetters(json) }),
        toBody: (entries) => target.toBody(entries),
        headers: async ({ bytes }, { url, signal }) => {
          const scope = { service, region: regionOf(), now: context.clock.now(), cache };
          return signRequest(
            { url, headers: target.headers, body: bytes },
            await identity.key(signal),
            scope,
          );
        },
        judge: (answer) => verdictOf(answer, { title, target, onRefusedKey: () => identity.forget() }),
      } satisfies RecordStore<AwsEntry>;
    },
  });
}

/** JSON leaves U+FFFE and U+FFFF as they are, and XML has no such letters; both know the escaped form. */
function withXmlLetters(json: string): string {
  return json.replaceAll(/[\ufffe\uffff]/gu, (letter) =>
    letter === "\ufffe" ? String.raw`\ufffe` : String.raw`\uffff`,
  );
}

function unknownRegion(): never {
  throw DeliveryError.broken("misconfigured", "the region is unknown: set region, or AWS_REGION");
}

function verdictOf(
  answer: StoreAnswer,
  parts: {
    readonly title: string;
    readonly target: AwsTarget;
    readonly onRefusedKey: () => void;
  },
): StoreVerdict {
  const { body, complete, count, error, quote } = answer;
  const { title, target, onRefusedKey } = parts;
  if (error !== undefined) {
    const found = readAwsError(body);
    if (found === undefined) return error;
    if (isKeyRefused(found)) onRefusedKey();
    return awsFailure(found, { service: title, status: error, quote });
  }
  if (!complete) return DeliveryError.transient("server", `the answer of ${title} was cut off`);
  const outcomes = target.outcomes(body, count);
  if (outcomes?.length !== count)
    return DeliveryError.transient("server", `the answer is not one of ${title}`, { said: quote(body) });
  return failuresOf(outcomes, (refused) => awsFailure(refused, { service: title, status: undefined, quote }));
}

/** Entries that were refused for the same reason share their error, so that it counts as one failure. */
function failuresOf(
  outcomes: readonly (AwsError | undefined)[],
  toFailure: (error: AwsError) => DeliveryError,
): StoreVerdict {
  if (outcomes.every((refused) => refused === undefined)) return undefined;
  const made = new Map<string, DeliveryError>();
  return outcomes.map((refused) => {
    if (refused === undefined) return undefined;
    const key = `${refused.code} ${refused.isSenderFault}`;
    const failure = made.get(key) ?? toFailure(refused);
    made.set(key, failure);
    return failure;
  });
}
