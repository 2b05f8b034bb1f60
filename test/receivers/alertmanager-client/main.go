// Asks an Alertmanager, or what says it is one, by Alertmanager's own client. One operation:
//
//	client URL OPERATION [ARGUMENT]
//
// The operation "parse" asks nobody: it parses a list of matchers as the API of Alertmanager does.
//
// Prints {"payload": …} or {"error": "…"} as JSON. The password of the URL goes as basic authentication.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"

	clientruntime "github.com/go-openapi/runtime/client"
	"github.com/go-openapi/strfmt"
	"github.com/prometheus/alertmanager/api/v2/client"
	"github.com/prometheus/alertmanager/api/v2/client/alert"
	"github.com/prometheus/alertmanager/api/v2/client/alertgroup"
	"github.com/prometheus/alertmanager/api/v2/client/general"
	"github.com/prometheus/alertmanager/api/v2/client/receiver"
	"github.com/prometheus/alertmanager/api/v2/client/silence"
	"github.com/prometheus/alertmanager/api/v2/models"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/promslog"
)

// The parameters of the lists; what is missing is not sent.
type question struct {
	Active      *bool    `json:"active"`
	Silenced    *bool    `json:"silenced"`
	Inhibited   *bool    `json:"inhibited"`
	Unprocessed *bool    `json:"unprocessed"`
	Muted       *bool    `json:"muted"`
	Receiver    *string  `json:"receiver"`
	Filter      []string `json:"filter"`
}

func main() {
	argument := ""
	if len(os.Args) > 3 {
		argument = os.Args[3]
	}
	payload, err := ask(os.Args[1], os.Args[2], argument)
	answer := map[string]any{"payload": payload}
	if err != nil {
		answer = map[string]any{"error": err.Error()}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Matchers, or null where there is none.
func parse(argument string) (any, error) {
	var texts []string
	if err := json.Unmarshal([]byte(argument), &texts); err != nil {
		return nil, err
	}
	compat.InitFromFlags(promslog.NewNopLogger(), featurecontrol.NoopFlags{})
	parsed := []*labels.Matcher{}
	for _, text := range texts {
		matcher, err := compat.Matcher(text, "test")
		if err != nil {
			matcher = nil
		}
		parsed = append(parsed, matcher)
	}
	return parsed, nil
}

func ask(address, operation, argument string) (any, error) {
	if operation == "parse" {
		return parse(argument)
	}
	api, err := connect(address)
	if err != nil {
		return nil, err
	}
	var q question
	switch operation {
	case "getAlerts", "getAlertGroups", "getSilences":
		if err := json.Unmarshal([]byte(argument), &q); err != nil {
			return nil, err
		}
	}
	switch operation {
	case "getStatus":
		ok, err := api.General.GetStatus(general.NewGetStatusParams())
		return payloadOf(ok, err, func() any { return ok.Payload })
	case "getReceivers":
		ok, err := api.Receiver.GetReceivers(receiver.NewGetReceiversParams())
		return payloadOf(ok, err, func() any { return ok.Payload })
	case "getAlerts":
		ok, err := api.Alert.GetAlerts(alert.NewGetAlertsParams().WithFilter(q.Filter).WithReceiver(q.Receiver).
			WithActive(q.Active).WithSilenced(q.Silenced).WithInhibited(q.Inhibited).WithUnprocessed(q.Unprocessed))
		return payloadOf(ok, err, func() any { return ok.Payload })
	case "getAlertGroups":
		ok, err := api.Alertgroup.GetAlertGroups(alertgroup.NewGetAlertGroupsParams().WithFilter(q.Filter).
			WithReceiver(q.Receiver).WithActive(q.Active).WithSilenced(q.Silenced).WithInhibited(q.Inhibited).WithMuted(q.Muted))
		return payloadOf(ok, err, func() any { return ok.Payload })
	case "getSilences":
		ok, err := api.Silence.GetSilences(silence.NewGetSilencesParams().WithFilter(q.Filter))
		return payloadOf(ok, err, func() any { return ok.Payload })
	case "getSilence":
		ok, err := api.Silence.GetSilence(silence.NewGetSilenceParams().WithSilenceID(strfmt.UUID(argument)))
		return payloadOf(ok, err, func() any { return ok.Payload })
	case "postSilences":
		var posted models.PostableSilence
		if err := json.Unmarshal([]byte(argument), &posted); err != nil {
			return nil, err
		}
		ok, err := api.Silence.PostSilences(silence.NewPostSilencesParams().WithSilence(&posted))
		return payloadOf(ok, err, func() any { return ok.Payload })
	case "deleteSilence":
		ok, err := api.Silence.DeleteSilence(silence.NewDeleteSilenceParams().WithSilenceID(strfmt.UUID(argument)))
		return payloadOf(ok, err, func() any { return nil })
	case "postAlerts":
		var posted models.PostableAlerts
		if err := json.Unmarshal([]byte(argument), &posted); err != nil {
			return nil, err
		}
		ok, err := api.Alert.PostAlerts(alert.NewPostAlertsParams().WithAlerts(posted))
		return payloadOf(ok, err, func() any { return nil })
	}
	return nil, errors.New("unknown operation " + operation)
}

func payloadOf[Answer any](_ *Answer, err error, payload func() any) (any, error) {
	if err != nil {
		return nil, err
	}
	return payload(), nil
}

func connect(address string) (*client.AlertmanagerAPI, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	transport := clientruntime.New(parsed.Host, path.Join(parsed.Path, "/api/v2"), []string{parsed.Scheme})
	if password, has := parsed.User.Password(); has {
		transport.DefaultAuthentication = clientruntime.BasicAuth(parsed.User.Username(), password)
	}
	return client.New(transport, strfmt.Default), nil
}
