package main

import (
	"strings"
	"testing"
)

func TestHistoriesAreReadLineByLine(t *testing.T) {
	all, err := readHistories(strings.NewReader(`{"history":"one","mayFail":true}
{"client":1,"call":5,"return":9,"op":"start","input":{"key":"k","wait":true},"answer":{"code":"started","instance":"a","generation":1}}
{"client":2,"call":6,"return":null,"op":"pause","input":{},"answer":null}
{"history":"two"}`))
	if err != nil || len(all) != 2 || len(all[0].calls) != 2 || !all[0].MayFail || all[1].MayFail {
		t.Fatal(all, err)
	}
	first := all[0].calls[0]
	if first.Answer.Generation != 1 || *first.Return != 9 || !first.Input.Wait || all[0].calls[1].Return != nil {
		t.Error(first)
	}
}

func TestWhatIsNotAHistoryIsRefused(t *testing.T) {
	begin := `{"history":"one"}` + "\n"
	for name, text := range map[string]string{
		"no JSON":              `start`,
		"a call first":         `{"client":1,"call":5,"return":null,"op":"pause","input":{},"answer":null}`,
		"an unknown field":     begin + `{"client":1,"call":5,"return":null,"op":"pause","input":{"kee":"k"},"answer":null}`,
		"an unknown operation": begin + `{"client":1,"call":5,"return":null,"op":"dance","input":{},"answer":null}`,
		"an answer before the call": begin +
			`{"client":1,"call":5,"return":4,"op":"pause","input":{},"answer":{"code":"ok"}}`,
		"an answer without a time": begin +
			`{"client":1,"call":5,"return":null,"op":"pause","input":{},"answer":{"code":"ok"}}`,
	} {
		if _, err := readHistories(strings.NewReader(text)); err == nil {
			t.Error(name)
		}
	}
}
