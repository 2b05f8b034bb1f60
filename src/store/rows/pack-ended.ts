import { deflateRawSync, inflateRawSync } from "node:zlib";

import type { NotifiedAlert } from "../../alert/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";

/** The parts of an ended alert that no list is filtered by. */
export type EndedBody = Pick<
  NotifiedAlert,
  "labels" | "title" | "text" | "runbook" | "dashboard" | "resolvedBy" | "objects" | "objectsOmitted"
>;

/** Longest message of one object, in UTF-16 units: most repeat the text of the alert. */
const LONGEST_MESSAGE = 200;

/** Begins each packed body, so that a later form can be told from it. */
const FORM = 1;

/** A window of 4 KiB: most bodies are shorter. */
const PACKING = { level: 3, windowBits: 12, memLevel: 5, chunkSize: 4096 } as const;

/**
 * Text that bodies have in common, which halves what is stored of them. It belongs to the form: a changed text is another
 * form.
 */
const DICTIONARY = Buffer.from(
  [
    '"resolvedBy":{"how":"rule-removed","reason":""},"objects":[{"kind":"Node","namespace":"","how":"max-age"',
    '"how":"replaced","how":"deleted","how":"quiet","how":"event","reason":"NodeReady","reason":"Pulled","reason":"Started"',
    '"what":"deleted","what":"1 of 1 pods ready","atLatest":true',
    "Back-off restarting failed container Readiness probe failed: Liveness probe failed: FailedScheduling nodes are available",
    '"kind":"Deployment","kind":"StatefulSet","kind":"DaemonSet","kind":"Job",',
    '{"labels":{"rule":"","severity":"critical","severity":"info","severity":"warning","cluster":"","namespace":"kube-system",',
    '"kind":"Pod","name":"","workload":"Deployment/","reason":"BackOff","type":"Normal","type":"Warning","component":"kubelet",',
    '"container":"","node":""},"title":"","text":"","runbook":"https://","runbook":null,"dashboard":null,',
    '"resolvedBy":null,"resolvedBy":{"how":"healthy","reason":"","what":"2 of 2 pods ready"},',
    '"objects":[{"kind":"Pod","namespace":"","name":"","container":"app","occurrences":1,',
    '"firstSeen":"2026-12-01T00:00:00.000Z","lastSeen":"2026-12-01T00:00:00.000Z","message":""}],"objectsOmitted":0}',
  ].join(""),
);

/** Packs the body of an ended alert. */
export function packEnded(alert: EndedBody): Uint8Array {
  const { labels, title, text, runbook, dashboard, resolvedBy, objectsOmitted } = alert;
  const objects = alert.objects.map((object) => ({
    ...object,
    message: object.message === text ? "" : cutMiddle(object.message, LONGEST_MESSAGE),
  }));
  const body: EndedBody = { labels, title, text, runbook, dashboard, resolvedBy, objects, objectsOmitted };
  const packed = deflateRawSync(JSON.stringify(body), { ...PACKING, dictionary: DICTIONARY });
  return Buffer.concat([Buffer.of(FORM), packed]);
}

/** The inverse of `packEnded`; undefined for a damaged body, or one of a newer program. */
export function unpackEnded(packed: unknown): EndedBody | undefined {
  if (!(packed instanceof Uint8Array) || packed[0] !== FORM) return undefined;
  try {
    const json = inflateRawSync(packed.subarray(1), { dictionary: DICTIONARY, maxOutputLength: MOST_BYTES });
    // Written by `packEnded` from the same type.
    const body = JSON.parse(json.toString()) as EndedBody;
    const withText = body.objects.map((object) =>
      object.message === "" ? { ...object, message: body.text } : object,
    );
    return { ...body, objects: withText };
  } catch {
    return undefined;
  }
}

/** More than any body has; a damaged one could unpack to anything. */
const MOST_BYTES = 1024 * 1024;
