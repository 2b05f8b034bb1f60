// Writes the same occurrences with both recorders of client-go, so that tests can compare what others write with what
// tocsin/reporter writes. Waits until the API server has the last of them.
//
//	recorders -kubeconfig FILE -namespace NAMESPACE -legacy UID -newer UID
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/record"
)

const (
	component = "shop.example/injector"
	reason    = "InjectionFailed"
	action    = "Inject"
	note      = "no database for the shop: ConfigMap \"shop-db\" not found"
	// What the second of the series has that the first has not, in either API.
	wanted = 2
	within = 60 * time.Second
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "a kubeconfig file")
	namespace := flag.String("namespace", "", "an existing namespace")
	uids := map[string]*string{
		"legacy": flag.String("legacy", "", "uid of the Deployment legacy"),
		"newer":  flag.String("newer", "", "uid of the Deployment newer"),
	}
	flag.Parse()
	objects := func(name string) *corev1.ObjectReference {
		return &corev1.ObjectReference{
			APIVersion: "apps/v1",
			Kind:       "Deployment",
			Namespace:  *namespace,
			Name:       name,
			UID:        types.UID(*uids[name]),
		}
	}
	if err := run(*kubeconfig, *namespace, objects); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kubeconfig, namespace string, object func(name string) *corev1.ObjectReference) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	legacy(ctx, client, object("legacy"))
	if err := newer(ctx, client, object("newer")); err != nil {
		return err
	}
	return awaitEvents(ctx, client, namespace)
}

// legacy writes with tools/record, which patches count in core/v1.
func legacy(ctx context.Context, client kubernetes.Interface, object *corev1.ObjectReference) {
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	recorder := broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: component, Host: "node-1"})
	for range wanted {
		recorder.Event(object, corev1.EventTypeWarning, reason, note)
	}
}

// newer writes with tools/events, which patches series in events.k8s.io/v1.
func newer(ctx context.Context, client kubernetes.Interface, object *corev1.ObjectReference) error {
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	if err := broadcaster.StartRecordingToSinkWithContext(ctx); err != nil {
		return err
	}
	recorder := broadcaster.NewRecorder(scheme.Scheme, component)
	var related runtime.Object
	for range wanted {
		recorder.Eventf(object, related, corev1.EventTypeWarning, reason, action, note)
	}
	return nil
}

// awaitEvents waits until both have written their second occurrence.
func awaitEvents(ctx context.Context, client kubernetes.Interface, namespace string) error {
	for {
		list, err := client.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		seen := map[string]int32{}
		for _, event := range list.Items {
			seen[event.InvolvedObject.Name] = event.Count
			if event.Series != nil {
				seen[event.InvolvedObject.Name] = event.Series.Count
			}
		}
		if seen["legacy"] == wanted && seen["newer"] == wanted {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("only %v after %s", seen, within)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
