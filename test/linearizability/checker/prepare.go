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

// prepare splits what has two moments, and leaves out what others imply.
func prepare(h history) prepared {
	m := &spec{mayFail: h.MayFail, facts: factsOf(h.calls)}
	var operations []porcupine.Operation
	available := func(c call) {
		c.Return, c.Answer = nil, nil
		op := operation{c, len(m.open)}
		m.open = append(m.open, c)
		operations = append(operations, porcupine.Operation{ClientId: c.Client, Input: op, Call: c.Call, Return: c.Call})
	}
	for _, c := range withoutImplied(h.calls) {
		if c.Answer == nil {
			if changes[c.Op] {
				available(c)
			}
			continue
		}
		if hasClaimedBefore(c) {
			available(c)
		}
		operations = append(operations, porcupine.Operation{
			ClientId: c.Client, Input: operation{c, -1}, Call: c.Call, Return: *c.Return,
		})
	}
	return prepared{m, operations}
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
	switch c.Answer.Code {
	case "initiated":
		return true
	case "ok":
		return changes[c.Op]
	}
	return hasClaimedBefore(c)
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
	if op.opens >= 0 {
		return fmt.Sprintf("%s %s → no answer", op.Op, asked)
	}
	told, _ := json.Marshal(op.Answer)
	return fmt.Sprintf("%s %s → %s", op.Op, asked, told)
}
