// A Kafka cluster in memory, for tests: kfake of franz-go speaks Kafka's protocol on loopback, and a consumer of the
// same project, written by others than the client of the sink, reads what arrived.
//
// On the address of -control it answers
//
//	GET  /ready                     200 once brokers and reader run
//	GET  /records                   what arrived, in the order in which it was read, as JSON
//	POST /fail?error=WORD&count=N   the next N produce requests are refused with this error of Kafka's, such as
//	                                NOT_LEADER_FOR_PARTITION; with REQUEST_TIMED_OUT their records are stored all the same
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

type record struct {
	Topic     string            `json:"topic"`
	Partition int32             `json:"partition"`
	Offset    int64             `json:"offset"`
	Key       *string           `json:"key"`
	Value     string            `json:"value"`
	Headers   map[string]string `json:"headers"`
	// Milliseconds since 1970.
	Timestamp int64 `json:"timestamp"`
	// -1 when the producer is not idempotent.
	ProducerID int64 `json:"producerId"`
	// 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
	Compression uint8 `json:"compression"`
}

// The records that were read.
type arrivals struct {
	sync.Mutex
	records []record
}

func main() {
	topics := flag.String("topics", "events", "topics, by commas")
	partitions := flag.Int("partitions", 3, "of each topic")
	port := flag.Int("port", 0, "of the broker, on loopback")
	control := flag.String("control", "", "address of the control, host:port")
	data := flag.String("data", "", "folder that keeps records over a restart")
	mechanism := flag.String("sasl", "", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
	user := flag.String("user", "", "of SASL")
	password := flag.String("password", "", "of SASL")
	certificate := flag.String("cert", "", "file in PEM; with -key the broker speaks TLS")
	key := flag.String("key", "", "file in PEM")
	largest := flag.String("message-max-bytes", "1048588", "largest batch that the broker takes")
	flag.Parse()

	names := strings.Split(*topics, ",")
	options := []kfake.Opt{
		kfake.Ports(*port),
		kfake.SeedTopics(int32(*partitions), names...),
		kfake.BrokerConfigs(map[string]string{"message.max.bytes": *largest}),
	}
	reader := []kgo.Opt{kgo.ConsumeTopics(names...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}
	if *data != "" {
		options = append(options, kfake.DataDir(*data))
	}
	if *mechanism != "" {
		options = append(options, kfake.EnableSASL(), kfake.Superuser(*mechanism, *user, *password))
		reader = append(reader, kgo.SASL(login(*mechanism, *user, *password)))
	}
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		check(err)
		options = append(options, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
		// The reader lives in the process of the broker: it is the sink that has to trust nobody.
		reader = append(reader, kgo.DialTLSConfig(&tls.Config{InsecureSkipVerify: true}))
	}
	cluster, err := kfake.NewCluster(options...)
	check(err)
	client, err := kgo.NewClient(append(reader, kgo.SeedBrokers(cluster.ListenAddrs()...))...)
	check(err)
	found := &arrivals{records: []record{}}
	go found.read(client)
	fmt.Println("listening on", strings.Join(cluster.ListenAddrs(), ","))
	check(http.ListenAndServe(*control, handler(cluster, found)))
}

func login(mechanism, user, password string) sasl.Mechanism {
	switch mechanism {
	case "PLAIN":
		return plain.Auth{User: user, Pass: password}.AsMechanism()
	case "SCRAM-SHA-256":
		return scram.Auth{User: user, Pass: password}.AsSha256Mechanism()
	default:
		return scram.Auth{User: user, Pass: password}.AsSha512Mechanism()
	}
}

func (found *arrivals) read(client *kgo.Client) {
	for {
		client.PollFetches(context.Background()).EachRecord(func(r *kgo.Record) {
			headers := map[string]string{}
			for _, header := range r.Headers {
				headers[header.Key] = string(header.Value)
			}
			var key *string
			if r.Key != nil {
				text := string(r.Key)
				key = &text
			}
			found.Lock()
			defer found.Unlock()
			found.records = append(found.records, record{
				Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Key: key, Value: string(r.Value), Headers: headers,
				Timestamp: r.Timestamp.UnixMilli(), ProducerID: r.ProducerID, Compression: r.Attrs.CompressionType(),
			})
		})
	}
}

func handler(cluster *kfake.Cluster, found *arrivals) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ready", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /records", func(writer http.ResponseWriter, _ *http.Request) {
		found.Lock()
		defer found.Unlock()
		_ = json.NewEncoder(writer).Encode(found.records)
	})
	mux.HandleFunc("POST /fail", func(writer http.ResponseWriter, request *http.Request) {
		count, err := strconv.Atoi(request.FormValue("count"))
		wanted := errorNamed(request.FormValue("error"))
		if err != nil || wanted == nil {
			http.Error(writer, "error is a word of Kafka's, count a number", http.StatusBadRequest)
			return
		}
		cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: wanted, Count: count})
	})
	return mux
}

func errorNamed(word string) *kerr.Error {
	for code := int16(1); code < 200; code++ {
		if found := kerr.TypedErrorForCode(code); found != nil && found.Message == word {
			return found
		}
	}
	return nil
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
