package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/anishathalye/porcupine"
)

// prepared is a history as Porcupine takes it.
type prepared struct {
	spec       *spec
	operations []porcupine.Operation
}

// form is how a history is given to Porcupine; see spec.
type form uint8

const (
	plain form = iota
	moments
)

// prepare splits what has two moments, and leaves out what others imply.
func prepare(h history, as form) prepared {
	m := &spec{mayFail: h.MayFail, facts: factsOf(h.calls)}
	var operations []porcupine.Operation
	add := func(op operation, from, to int64) {
		operations = append(operations, porcupine.Operation{ClientId: op.Client, Input: op, Call: from, Return: to})
	}
	for _, c := range withoutImplied(h.calls) {
		// What returns when another is called overlaps it: so returns come between the times of calls.
		from, to := 2*c.Call, 2*returnOf(c)+1
		if (c.Answer == nil && changes[c.Op]) || (c.Answer != nil && hasClaimedBefore(c)) {
			unseen := c
			unseen.Return, unseen.Answer = nil, nil
			add(operation{unseen, opens, len(m.open)}, from, from)
			m.open = append(m.open, unseen)
		}
		switch {
		case c.Answer == nil:
		case as == plain || mayToggle(c):
			add(operation{c, whole, 0}, from, to)
		default:
			add(operation{c, asked, len(m.waiting)}, from, from)
			add(operation{c, told, len(m.waiting)}, to, to)
			m.waiting = append(m.waiting, c)
		}
	}
	return prepared{m, operations}
}

// mayToggle tells whether the answer may be true in one state without a change, and in a later one with it.
func mayToggle(c call) bool {
	return (c.Op == "pause" || c.Op == "resume") && c.Answer.Code == "ok"
}

var changes = map[string]bool{
	"start": true, "stop": true, "pause": true, "resume": true, "step": true, "inject": true,
}

// hasClaimedBefore tells whether a start may have claimed the colony at one moment, and been told at a later
// one what came of it.
func hasClaimedBefore(c call) bool {
	if c.Op != "start" {
		return false
	}
	switch c.Answer.Code {
	case "initiated", "in-progress", "IDEMPOTENCY_KEY_REUSED":
		return false
	case "IDEMPOTENCY_KEY_RETIRED", "COLONY_START_FAILED":
		return true
	}
	return c.Input.Wait
}

// withoutImplied leaves out each observation in whose time another one saw the same: that one implies it.
func withoutImplied(calls []call) []call {
	sorted := slices.Clone(calls)
	// Of those called at the same time the shortest is last: going backwards it comes first.
	slices.SortStableFunc(sorted, func(a, b call) int {
		return cmp.Or(cmp.Compare(a.Call, b.Call), cmp.Compare(returnOf(b), returnOf(a)))
	})
	var kept []call
	soonest := map[string]int64{}
	for i := len(sorted) - 1; i >= 0; i-- {
		c := sorted[i]
		if c.Answer != nil && !mayChange(c) {
			seen := seenBy(c)
			if end, isKnown := soonest[seen]; isKnown && end <= *c.Return {
				continue
			}
			soonest[seen] = *c.Return
		}
		kept = append(kept, c)
	}
	slices.Reverse(kept)
	return kept
}

// mayChange tells whether a call with this answer may have changed something.
func mayChange(c call) bool {
	return c.Answer.Code == "initiated" || (c.Answer.Code == "ok" && changes[c.Op]) || hasClaimedBefore(c)
}

func seenBy(c call) string {
	text, err := json.Marshal([]any{c.Op, c.Input, c.Answer})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func returnOf(c call) int64 {
	if c.Return == nil {
		return math.MaxInt64
	}
	return *c.Return
}

func describe(op operation) string {
	asked, _ := json.Marshal(op.Input)
	if op.Answer == nil {
		return fmt.Sprintf("%s %s → may take effect", op.Op, asked)
	}
	told, _ := json.Marshal(op.Answer)
	return fmt.Sprintf("%s %s → %s", op.Op, asked, told)
}
