import { describe, expect, it } from "vitest";

import { toRecordEvent } from "../../../src/alert/message/wire.ts";
import { timeLayout } from "../../../src/import/go-template/time-layout.ts";
import { translateTemplate } from "../../../src/import/go-template/translate-template.ts";
import { createRecordEnvironment, recordScope } from "../../../src/sink/texts.ts";
import { toClusterEvent } from "../../support/import-case.ts";

const EVENT = toClusterEvent({
  event: {
    metadata: { name: "web-1.1", namespace: "shop", uid: "u-1", creationTimestamp: "2026-03-02T09:00:00Z" },
    type: "Warning",
    reason: "BackOff",
    message: 'Back-off "app"',
    count: 3,
    firstTimestamp: "2026-03-02T09:00:00Z",
    lastTimestamp: "2026-03-02T09:05:07Z",
    source: { component: "kubelet", host: "node-1" },
    involvedObject: { kind: "Pod", namespace: "shop", name: "web-1", apiVersion: "v1" },
  },
  labels: { app: "web" },
  annotations: {},
});

/** The text that a record gives. */
function rendered(template: string): string {
  const { text, trouble } = translateTemplate(template, "cluster");
  expect(trouble).toBe(undefined);
  const { value, faults } = createRecordEnvironment().template(text);
  expect(faults).toEqual([]);
  const record = {
    version: "1" as const,
    id: "1",
    kind: "event" as const,
    forward: "all",
    cluster: "lab",
    receivedAt: "2026-03-02T09:05:08Z",
    delta: 1,
    event: toRecordEvent(EVENT),
  };
  // The tool made a text of every value.
  const result = value?.value(recordScope(record, 0));
  expect(result).toBeTypeOf("string");
  return String(result);
}

describe("a template of Go", () => {
  it.each([
    ["plain", "plain"],
    ["{{ .Message }}", 'Back-off "app"'],
    ["{{.Reason}} of {{ .InvolvedObject.Kind }}/{{ .InvolvedObject.Name }}", "BackOff of Pod/web-1"],
    ["{{ .Namespace }} {{ .Name }} {{ .UID }} {{ .ClusterName }}", "shop web-1.1 u-1 lab"],
    ["{{ .Count }}", "3"],
    ["{{ .Source.Component }}@{{ .Source.Host }}", "kubelet@node-1"],
    ["{{ .LastTimestamp }}", "2026-03-02 09:05:07 +0000 UTC"],
    ["{{ .GetTimestampMs }}000000", "1772442000000000000"],
    ["{{ mul .GetTimestampMs 1000000 }}", "1772442000000000000"],
    ["{{ .GetTimestampISO8601 }}", "2026-03-02T09:00:00.000Z"],
    ['{{ .FirstTimestamp.Format "2006-01-02 15:04:05" }}', "2026-03-02 09:00:00"],
    [
      '{{ dateInZone "02 Jan 2006 15:04 Z07:00" .FirstTimestamp.Time "Europe/Berlin" }}',
      "02 Mar 2026 10:00 +01:00",
    ],
    ['{{ (.LastTimestamp.Format "15:04") }}', "09:05"],
    ["{{ .InvolvedObject.Labels.app }} {{ .InvolvedObject.Labels.team }}", "web <no value>"],
    ['{{ index .InvolvedObject.Labels "app" }}{{ index .InvolvedObject.Labels "team" }}', "web"],
    ["{{ toJson .InvolvedObject.Labels }}", '{"app":"web"}'],
    ["{{ .InvolvedObject.Annotations | toJson }}", "{}"],
    ["{{ .Message | toJson }}", '"Back-off \\"app\\""'],
    ["{{ .Message | quote }}", '"Back-off \\"app\\""'],
    ['{{ if eq .Type "Warning" }}!{{ else }}ok{{ end }} {{ .Reason }}', "! BackOff"],
    ['{{ if eq .Type "Normal" }}a{{ else if gt .Count 2 }}b{{ .Count }}{{ else }}c{{ end }}', "b3"],
    ['{{ if and (eq .Type "Warning") (not (contains "x" .Message)) }}yes{{ end }}', "yes"],
    ["{{ if or .InvolvedObject.Labels.team .InvolvedObject.Labels.app }}some{{ end }}", "some"],
    ["{{ if .InvolvedObject.Labels.team }}team{{ end }}", ""],
    ['{{ if eq .Reason "A" "BackOff" }}either{{ end }}', "either"],
    ['{{ .InvolvedObject.Labels.team | default "none" | upper }}', "NONE"],
    ["{{ .Type | lower | trim }}", "warning"],
    ['{{ .Reason | replace "Back" "Kick" }}', "KickOff"],
    ['{{ printf "%s/%d" .Reason .Count }}', "BackOff/3"],
    ["a {{- /* a comment */ -}} b", "ab"],
    ["a  {{- .Type -}}  b", "aWarningb"],
    ["{{ `}}` }}", "}}"],
    ['{{ .Reason }} {{ "{{" }}', "BackOff {{"],
  ])("%s gives %j as before", (template, text) => {
    expect(rendered(template)).toBe(text);
  });

  it("prints a whole Event or object as JSON, inside of a text", () => {
    expect(JSON.parse(rendered("{{ toJson . }}"))).toMatchObject({ uid: "u-1", reason: "BackOff" });
    expect(rendered("<pre>{{ toPrettyJson .InvolvedObject }}</pre>")).toMatch(
      /^<pre>\{.*"name":"web-1".*\}<\/pre>$/u,
    );
  });

  it.each([
    "{{ range .InvolvedObject.OwnerReferences }}{{ .Name }}{{ end }}",
    "{{ with .Message }}{{ . }}{{ end }}",
    "{{ $x := .Message }}{{ $x }}",
    "{{ .InvolvedObject.ResourceVersion }}",
    "{{ fromJson .Message }}",
    "{{ nosuch .Message }}",
    "{{ toString }}",
    "{{ constructor .Message }}",
    "{{ .InvolvedObject.Labels }}",
    '{{ .FirstTimestamp.Format "3:04PM" }}',
    "{{ .Message",
    "{{ if .Message }}",
    "{{ end }}",
    "{{ }}",
  ])("%s is given back as lost, with its reason", (template) => {
    expect(translateTemplate(template, "cluster")).toMatchObject({
      text: "",
      trouble: expect.any(String) as string,
    });
  });

  it("reads the cluster where the text stands", () => {
    expect(translateTemplate("{{ .ClusterName }}", "event.cluster").text).toBe("{{ event.cluster }}");
  });
});

describe("a layout of a time", () => {
  it.each([
    ["2006-01-02T15:04:05.000Z07:00", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"],
    ["Mon, 02 Jan 2006 15:04:05 MST", "EEE, dd MMM yyyy HH:mm:ss 'UTC'"],
    ["Monday at 15h", "EEEE 'at' HH'h'"],
  ])("%s is %s", (go, own) => {
    expect(timeLayout(go)).toBe(own);
  });
});
