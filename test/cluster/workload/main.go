// The program of every container of test/node: it behaves as its words say.
//
//	serve              answers 200 to GET :8080/healthz
//	unhealthy          answers 500
//	flap HEALTHY ILL   by turns
//	exit CODE AFTER    ends
//	leak MIB           takes so many mebibytes more each second, and serves
//	fill MIB FILE      writes so many mebibytes into a file, and serves
//	need VARIABLE      ends with 1 when the variable is not set, else serves
//	follow FILE        what FILE says, also when it changes; serves as long as there is none
//	pause              keeps the namespaces of a pod
package main

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// Unless LISTEN says otherwise.
	listen       = ":8080"
	followsEvery = 200 * time.Millisecond
)

var (
	// What /healthz says.
	isIll atomic.Bool
	// How often the words have changed: what goes on by itself ends with its words.
	turn atomic.Int64
)

func main() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	words := os.Args[1:]
	if len(words) == 0 {
		fail(64, "no word says what to do")
	}
	if words[0] == "pause" {
		go reap()
	} else {
		go serve()
		go behave(words)
	}
	<-end
	os.Exit(0)
}

func behave(words []string) {
	switch words[0] {
	case "serve":
		isIll.Store(false)
	case "unhealthy":
		isIll.Store(true)
	case "flap":
		flap(duration(words, 1), duration(words, 2))
	case "exit":
		time.Sleep(duration(words, 2))
		fail(number(words, 1), "panic: cannot connect to postgres://shop:hunter2@db/shop")
	case "leak":
		leak(number(words, 1))
	case "fill":
		fill(number(words, 1), words[2])
	case "need":
		if os.Getenv(words[1]) == "" {
			fail(1, fmt.Sprintf("panic: %s is not set", words[1]))
		}
	case "follow":
		follow(words[1])
	default:
		fail(64, fmt.Sprintf("unknown word %q", words[0]))
	}
}

func serve() {
	http.HandleFunc("/healthz", func(response http.ResponseWriter, _ *http.Request) {
		if isIll.Load() {
			http.Error(response, "database: connection refused", http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(response, "ok")
	})
	address := os.Getenv("LISTEN")
	if address == "" {
		address = listen
	}
	fmt.Println("serving on " + address)
	fail(1, http.ListenAndServe(address, nil).Error())
}

func flap(healthy, ill time.Duration) {
	for own := turn.Load(); turn.Load() == own; {
		isIll.Store(false)
		time.Sleep(healthy)
		if turn.Load() == own {
			isIll.Store(true)
			time.Sleep(ill)
		}
	}
}

func leak(mebibytes int) {
	var kept [][]byte
	for {
		taken := make([]byte, mebibytes<<20)
		for index := range taken {
			taken[index] = 1
		}
		kept = append(kept, taken)
		time.Sleep(time.Second)
	}
}

func fill(mebibytes int, path string) {
	file, err := os.Create(path)
	for written := 0; err == nil && written < mebibytes; written++ {
		_, err = file.Write(make([]byte, 1<<20))
	}
	if err != nil {
		fail(1, err.Error())
	}
}

func follow(file string) {
	followed := ""
	for {
		content, _ := os.ReadFile(file)
		wanted := strings.TrimSpace(string(content))
		if wanted == "" {
			wanted = "serve"
		}
		if wanted != followed {
			followed = wanted
			turn.Add(1)
			go behave(strings.Fields(wanted))
		}
		time.Sleep(followsEvery)
	}
}

// reap takes the exit status of orphans, as the first process of a pod must.
func reap() {
	for {
		if _, err := syscall.Wait4(-1, nil, 0, nil); err != nil {
			time.Sleep(time.Second)
		}
	}
}

func duration(words []string, index int) time.Duration {
	given, err := time.ParseDuration(words[index])
	if err != nil {
		fail(64, err.Error())
	}
	return given
}

func number(words []string, index int) int {
	given, err := strconv.Atoi(words[index])
	if err != nil {
		fail(64, err.Error())
	}
	return given
}

func fail(status int, said string) {
	fmt.Println(said)
	os.Exit(status)
}
