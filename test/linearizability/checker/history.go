package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// A history is a file of JSON lines: a header, and a line for each call in any order. Several histories
// may follow each other; each begins with its header.

// header begins a history.
type header struct {
	History string `json:"history"`
	// Starts may fail in this history, because backends were missing for longer than a start waits.
	MayFail bool `json:"mayFail"`
}

// call is one request of a client, by the one clock of the driver.
type call struct {
	Client int   `json:"client"`
	Call   int64 `json:"call"`
	// Nobody was told what came of it: it may have taken effect, or may still do so.
	Return *int64  `json:"return"`
	Op     string  `json:"op"`
	Input  input   `json:"input"`
	Answer *answer `json:"answer"`
}

// input is what was asked for.
type input struct {
	Key      string `json:"key,omitempty"`
	Body     string `json:"body,omitempty"`
	Instance string `json:"instance,omitempty"`
	Ticks    int    `json:"ticks,omitempty"`
	// The tick that an event was asked for; 0: as soon as possible.
	Tick int `json:"tick,omitempty"`
	// The start was held until something came of it: its claim and its answer are two moments.
	Wait bool `json:"wait,omitempty"`
}

// answer is what was told. Which fields are there depends on the operation and the code.
type answer struct {
	// Of a problem, its stable code; of a start `initiated`, `in-progress` or `started`; else `ok`.
	Code       string  `json:"code,omitempty"`
	Instance   string  `json:"instance,omitempty"`
	Generation int     `json:"generation,omitempty"`
	Status     string  `json:"status,omitempty"`
	Failure    int     `json:"failure,omitempty"`
	Paused     bool    `json:"paused,omitempty"`
	Tick       *int    `json:"tick,omitempty"`
	Sequence   int     `json:"sequence,omitempty"`
	Events     []event `json:"events,omitempty"`
}

// event is one injected event, as it is listed.
type event struct {
	Tick int    `json:"tick,omitempty"`
	Body string `json:"body,omitempty"`
	Key  string `json:"-"`
}

type history struct {
	header
	calls []call
}

var operations = map[string]bool{
	"start": true, "stop": true, "pause": true, "resume": true, "step": true,
	"inject": true, "colony": true, "tick": true, "events": true,
}

// readHistories refuses what it does not know: a field that is spelt differently would check nothing.
func readHistories(from io.Reader) ([]history, error) {
	var all []history
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 16<<20)
	for number := 1; lines.Scan(); number++ {
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(lines.Bytes(), &keys); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if _, isHeader := keys["history"]; isHeader {
			var h history
			if err := strictly(lines.Bytes(), &h.header); err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			all = append(all, h)
			continue
		}
		var c call
		if err := strictly(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		switch {
		case len(all) == 0:
			return nil, fmt.Errorf("line %d: a call before the first header", number)
		case !operations[c.Op]:
			return nil, fmt.Errorf("line %d: unknown operation %q", number, c.Op)
		case (c.Return == nil) != (c.Answer == nil):
			return nil, fmt.Errorf("line %d: an answer and its time come together", number)
		case c.Return != nil && *c.Return < c.Call:
			return nil, fmt.Errorf("line %d: answered before it was called", number)
		}
		last := &all[len(all)-1]
		last.calls = append(last.calls, c)
	}
	return all, lines.Err()
}

func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
