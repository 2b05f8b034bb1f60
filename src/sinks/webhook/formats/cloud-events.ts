import type { EventRecord, Notification, WireEvent } from "../../../alert/index.ts";
import { nativeJson, wellFormedJson } from "../../../sink/index.ts";
import type { Format } from "./format.ts";

/** The attributes of an event (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). */
interface Attributes {
  readonly id: string;
  readonly type: string;
  readonly cluster: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
}

/** CloudEvents 1.0 in structured mode; records that come in batches are a batch. */
export const cloudEvents: Format = {
  // In lower case: the package cloudevents 10 compares it as a text.
  contentType: "application/cloudevents+json; charset=utf-8",
  listType: "application/cloudevents-batch+json; charset=utf-8",
  body: (notification) => {
    const { id, kind, cluster, sentAt: time } = notification;
    const type = `dev.tocsin.notification.${kind}`;
    return envelope({ id, type, cluster, subject: subjectOf(notification), time }, nativeJson(notification));
  },
  record: ({ body }) => {
    // The engine makes records of this shape, as JSON.
    const { id, cluster, event } = JSON.parse(body) as EventRecord;
    const attributes = {
      id,
      type: "dev.tocsin.event",
      cluster,
      subject: objectOf(event),
      time: event.lastSeen,
    };
    return envelope(attributes, wellFormedJson(body));
  },
};

/** @param data JSON. */
function envelope({ id, type, cluster, subject, time }: Attributes, data: string): string {
  const attributes = {
    specversion: "1.0",
    id,
    source: `/clusters/${encodeURIComponent(cluster.toWellFormed())}`,
    type,
    // An empty subject is none.
    ...(subject === "" ? {} : { subject }),
    time,
    datacontenttype: "application/json",
  };
  return `${wellFormedJson(JSON.stringify(attributes)).slice(0, -1)},"data":${data}}`;
}

/** The object of the only alert; else the group. */
function subjectOf({ alerts: [first, ...others], group }: Notification): string {
  return first === undefined || others.length > 0 ? group.key : objectOf(first.event);
}

/** `shop/Pod/web-1`, and `Node/node-1` without a namespace. */
function objectOf({ involvedObject: { namespace, kind, name } }: WireEvent): string {
  return [namespace, kind, name].filter((part) => part !== "").join("/");
}
