// Command linearizability reads histories of calls to the coordinators of a colony and prints a verdict on
// each, as a line of JSON: whether one coordinator that does one thing after the other could have given all
// these answers, each between its call and its return.
//
//	linearizability [-timeout 60s] [-visualize FILE.html] FILE…
//
// It exits with 1 if a history is illegal, or if the time was not enough to find out. -visualize draws the
// shortest illegal beginning of the last history that is illegal.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	timeout := flag.Duration("timeout", 60*time.Second, "how long to think about one history")
	visualize := flag.String("visualize", "", "where to draw what is illegal")
	flag.Parse()
	good, err := run(flag.Args(), *timeout, *visualize)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if !good {
		os.Exit(1)
	}
}

func run(files []string, timeout time.Duration, visualize string) (bool, error) {
	good, count := true, 0
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return false, err
		}
		histories, err := readHistories(file)
		file.Close()
		if err != nil {
			return false, fmt.Errorf("%s: %w", name, err)
		}
		for _, h := range histories {
			v, err := check(h, timeout, visualize)
			if err != nil {
				return false, err
			}
			text, err := json.Marshal(v)
			if err != nil {
				return false, err
			}
			fmt.Println(string(text))
			good = good && v.Verdict == "ok"
			count++
		}
	}
	if count == 0 {
		return false, fmt.Errorf("there is no history in %d files", len(files))
	}
	return good, nil
}
