import { type Notification, toNativeBody } from "../alert/index.ts";
import { createHttpClient, dial, toDeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import { openSecret, type SecretDeps } from "../lib/secret-option.ts";
import { cleanText } from "../lib/text.ts";
import type { ConfiguredSink } from "./configured-sink.ts";
import type { GroupActions } from "./group-actions.ts";
import { showing } from "./showing.ts";
import type { PreviewLook, Sink, SinkContext } from "./sink.ts";
import { type TextUse, withTexts } from "./texts.ts";

/** Collaborators that the program gives its sinks. */
export interface SinkDeps extends SecretDeps {
  readonly cluster: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Writes to the program's standard output. */
  readonly stdout: (text: string) => Promise<void>;
  readonly colour: boolean;
  /** Lets people act on groups; left out outside of the running service. */
  readonly actions?: GroupActions | undefined;
}

/**
 * Makes a destination, ready to use. Every error of its type during a send or a probe becomes a `DeliveryError`.
 *
 * @throws {TocsinError} when the type cannot be set up with these options.
 */
export function createSink(configured: ConfiguredSink, host: SinkDeps): Sink {
  const sink = configured.type.create(configured.options, contextOf(configured, host));
  const probe = sink.probe?.bind(sink);
  const write = writerOf(sink, configured, host.clock);
  return {
    ...(sink.send === undefined ? {} : { send: guarded(sink.send.bind(sink), ({ signal }) => signal) }),
    ...(write === undefined ? {} : { write: guarded(write, (signal) => signal) }),
    ...(sink.refresh === undefined ? {} : { refresh: guarded(sink.refresh.bind(sink), (signal) => signal) }),
    ...(probe === undefined ? {} : { probe: guardedProbe(probe) }),
    ...(sink.listen === undefined ? {} : { listen: () => sink.listen?.() }),
    close: () => sink.close(),
  };
}

/** The method that writes records, in the form of the user's template where there is one. */
function writerOf(
  sink: Sink,
  { common: { template } }: ConfiguredSink,
  clock: Clock,
): NonNullable<Sink["write"]> | undefined {
  const write = sink.write?.bind(sink);
  return write === undefined || template === undefined ? write : showing(write, template, clock);
}

/** The content that a sink would send for a notification, without its secrets and without sending. */
export function previewOf(
  { type, options, common }: ConfiguredSink,
  notification: Notification,
  look: PreviewLook & Pick<TextUse, "onFailure">,
): string {
  const worded = withTexts(notification, common, look);
  return (
    type.preview?.(worded, options, look) ?? cleanText(JSON.stringify(toNativeBody(worded), undefined, 2))
  );
}

/** The same method, except that it throws only `DeliveryError`. */
function guarded<Input, Second, Output>(
  method: (input: Input, second: Second) => Promise<Output>,
  signalOf: (second: Second) => AbortSignal,
): (input: Input, second: Second) => Promise<Output> {
  return async (input, second) => {
    try {
      return await method(input, second);
    } catch (thrown) {
      throw toDeliveryError(thrown, signalOf(second));
    }
  };
}

function guardedProbe(
  probe: (signal: AbortSignal) => Promise<string>,
): (signal: AbortSignal) => Promise<string> {
  const method = guarded(
    (_: undefined, signal: AbortSignal) => probe(signal),
    (signal) => signal,
  );
  return (signal) => method(undefined, signal);
}

function contextOf({ name, http, common }: ConfiguredSink, host: SinkDeps): SinkContext {
  return {
    name,
    cluster: host.cluster,
    clock: host.clock,
    log: host.log.child({ sink: name }),
    secret: (ref) => openSecret(ref, host),
    resolvePath: host.resolvePath,
    env: host.env,
    http: ({ allowPrivate }) =>
      createHttpClient({ ...http, allowPrivate, concurrency: common.totalConcurrency }, host),
    dial: (target, signal) => dial(target, { env: host.env, signal }),
    attemptsAtOnce: common.totalConcurrency,
    timeoutMs: common.timeoutMs,
    batched: common.batch.size > 1,
    stdout: host.stdout,
    colour: host.colour,
    actions: host.actions,
  };
}
