{{/* tocsin.yaml: what values.config says, and where it is silent, what the chart and its shortcuts say. */}}
{{- define "tocsin.config" -}}
{{- $config := deepCopy (default dict .Values.config) -}}
{{- $_ := set $config "cluster" (required "\n\ncluster: missing; name this cluster: --set cluster=prod-eu1. Every alert shows the name.\n" .Values.cluster) -}}
{{- $kubernetes := default dict $config.kubernetes -}}
{{- if hasKey $kubernetes "enrich" -}}
{{- $_ := set $config "kubernetes" (merge (dict "enrich" (include "tocsin.enrich" .)) $kubernetes) -}}
{{- end -}}
{{- $config = merge $config (dict
      "state" (dict "path" "/var/lib/tocsin/tocsin.db" "maxBytes" "512MiB")
      "log" (dict "format" "json")) -}}
{{- if not (hasKey $config "rules") -}}
{{- $_ := set $config "rules" (list "builtin") -}}
{{- end -}}
{{- if and .Values.extraRules (not (has "../rules/*.yaml" $config.rules)) -}}
{{- $_ := set $config "rules" (append $config.rules "../rules/*.yaml") -}}
{{- end -}}
{{- $sinks := default list $config.sinks -}}
{{- with .Values.slack -}}
{{- if .secretName -}}
{{- range $sinks -}}
{{- if eq .name "slack" -}}
{{- fail "\n\nslack.secretName makes a sink named slack, and config.sinks has one: give that one another name, or leave slack.secretName out.\n" -}}
{{- end -}}
{{- end -}}
{{- $url := dict "file" (printf "../secrets/%s/%s" .secretName .key) -}}
{{- $sinks = prepend $sinks (dict "name" "slack" "type" "slack" "url" $url) -}}
{{- if not (hasKey $config "route") -}}
{{- $_ := set $config "route" (dict "sinks" (list "slack")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not $sinks -}}
{{- fail "\n\nslack.secretName: missing; no message would be sent. Name a Secret with the address of a Slack webhook under the key url: --set slack.secretName=tocsin-slack. Or write sinks of your own into config.sinks.\n" -}}
{{- end -}}
{{- if and $config.rules (not (hasKey $config "route")) -}}
{{- fail "\n\nconfig.route: missing; name the sinks of config.sinks that get the alerts: --set 'config.route.sinks={name}'.\n" -}}
{{- end -}}
{{- $_ := set $config "sinks" $sinks -}}
{{- toYaml $config -}}
{{- end -}}

{{/* YAML as Helm reads it takes a plain off for false. */}}
{{- define "tocsin.enrich" -}}
{{- $enrich := dig "kubernetes" "enrich" "state" (default dict .Values.config) -}}
{{- if kindIs "bool" $enrich -}}
{{- $enrich | ternary "state" "off" -}}
{{- else -}}
{{- $enrich -}}
{{- end -}}
{{- end -}}

{{/* A file of rules: its text as it is, or what it holds. Never evaluated. */}}
{{- define "tocsin.ruleFile" -}}
{{- if kindIs "string" . -}}
{{- . -}}
{{- else if kindIs "slice" . -}}
{{- toYaml (dict "rules" .) -}}
{{- else -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{/* Names of the Secrets that are mounted, as a JSON list. */}}
{{- define "tocsin.secretNames" -}}
{{- $names := default list .Values.secrets -}}
{{- with .Values.slack.secretName -}}
{{- $names = prepend $names . -}}
{{- end -}}
{{- uniq $names | toJson -}}
{{- end -}}
