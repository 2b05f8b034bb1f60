{{/*
What Tocsin may read: Events, and with look-ups the objects that they are about. Rules about any kind need all of these,
and such rules are inside Tocsin; `tocsin rbac` prints less where the rules are about less.
*/}}
{{- define "tocsin.readRules" -}}
{{- $kubernetes := dig "kubernetes" dict (default dict .Values.config) -}}
- apiGroups: [{{ eq (default "core" $kubernetes.api) "events" | ternary "events.k8s.io" "" | quote }}]
  resources: [events]
  verbs: [list, watch]
{{- $enrich := include "tocsin.enrich" . -}}
{{- if eq $enrich "owners" }}
- apiGroups: [""]
  resources: [pods{{ if include "tocsin.readsNamespaces" . }}, namespaces{{ end }}]
  verbs: [get]
- apiGroups: [apps]
  resources: [replicasets]
  verbs: [get]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get]
{{- else if ne $enrich "off" }}
{{- range .Files.Get "files/look-ups.json" | fromJsonArray }}
- apiGroups: [{{ .apiGroup | quote }}]
  resources: [{{ ternary .resources (concat .resources .clusterResources) (not (empty $kubernetes.namespaces)) | sortAlpha | join ", " }}]
  verbs: [get]
{{- end }}
{{- range $kubernetes.inspect }}
- apiGroups: [{{ .group | quote }}]
  resources: [{{ .resource }}]
  verbs: [get]
{{- end }}
{{- end }}
{{- end -}}

{{/* The namespaces whose logs may be in messages, as JSON; an empty list when there are none. */}}
{{- define "tocsin.logNamespaces" -}}
{{- $logs := dig "kubernetes" "evidence" "logs" "namespaces" list (default dict .Values.config) -}}
{{- has (include "tocsin.enrich" .) (list "off" "owners") | ternary list (uniq $logs) | toJson -}}
{{- end -}}

{{/* Whether a rule reads labels of namespaces, or namespaces may carry silences: not empty for yes. */}}
{{- define "tocsin.readsNamespaces" -}}
{{- $config := default dict .Values.config -}}
{{- if or (dig "kubernetes" "silenceAnnotations" false $config) (contains "namespaceLabels" (toJson (list $config .Values.extraRules))) -}}
yes
{{- end -}}
{{- end -}}

{{/* Whether what it may read takes in its own namespace, with look-ups: not empty for yes. */}}
{{- define "tocsin.readsOwnPods" -}}
{{- $namespaces := dig "kubernetes" "namespaces" list (default dict .Values.config) -}}
{{- if and (ne (include "tocsin.enrich" .) "off") (or (empty $namespaces) (has .Release.Namespace $namespaces)) -}}
yes
{{- end -}}
{{- end -}}
