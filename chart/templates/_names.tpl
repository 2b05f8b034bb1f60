{{/* The name of every object. Leaves room for what is added to it. */}}
{{- define "tocsin.fullname" -}}
{{- $name := default .Chart.Name .Values.fullnameOverride -}}
{{- if or .Values.fullnameOverride (contains $name .Release.Name) -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Never changes for a release. */}}
{{- define "tocsin.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "tocsin.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "tocsin.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "tocsin.serviceAccountName" -}}
{{- default (.Values.serviceAccount.create | ternary (include "tocsin.fullname" .) "default") .Values.serviceAccount.name -}}
{{- end -}}

{{- define "tocsin.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The claim of the state, a name. */}}
{{- define "tocsin.claimName" -}}
{{- default (include "tocsin.fullname" .) .Values.persistence.existingClaim -}}
{{- end -}}
