export { type NamedOutcome, byId } from "./by-id.ts";
export { type AwsEntry, type AwsTarget, defineAwsSink } from "./define-aws-sink.ts";
export { addressOf, ENDPOINT_FIELD } from "./endpoint.ts";
export { type FifoIds, fifoIds } from "./fifo.ts";
export { AWS_FIELDS } from "./options.ts";
export { elementsOf, textOf } from "./xml.ts";
