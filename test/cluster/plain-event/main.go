// Creates one Event as a program does that knows client-go and no recorder: generateName, an empty source, no count, no
// times.
//
//	plain-event -kubeconfig FILE -namespace NAMESPACE -deployment NAME -type TYPE -reason REASON -message TEXT
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "a kubeconfig file")
	event := corev1.Event{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	event.InvolvedObject = corev1.ObjectReference{APIVersion: "apps/v1", Kind: "Deployment"}
	flag.StringVar(&event.Namespace, "namespace", "", "of the Event and of the Deployment")
	flag.StringVar(&event.InvolvedObject.Name, "deployment", "", "that the Event is about")
	flag.StringVar(&event.Type, "type", corev1.EventTypeWarning, "")
	flag.StringVar(&event.Reason, "reason", "", "")
	flag.StringVar(&event.Message, "message", "", "")
	flag.Parse()
	event.InvolvedObject.Namespace = event.Namespace
	if err := create(*kubeconfig, &event); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func create(kubeconfig string, event *corev1.Event) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	created, err := client.CoreV1().Events(event.Namespace).Create(context.Background(), event, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	fmt.Println(created.Name)
	return nil
}
