package main

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/anishathalye/porcupine"
)

// verdict on one history.
type verdict struct {
	History string `json:"history"`
	// ok, illegal, or unknown: there was no time to find out. Only ok is good.
	Verdict string `json:"verdict"`
	// In which form Porcupine found out.
	Form string `json:"form"`
	// How many calls there are, how many of them without an answer, and by how many clients.
	Calls   int `json:"calls"`
	Open    int `json:"open"`
	Clients int `json:"clients"`
	// How long the check took.
	Milliseconds int64 `json:"milliseconds"`
	// Of an illegal one: the call whose answer no order explains, and what an order before it led to.
	Evidence []string `json:"evidence,omitempty"`
}

// The plain form is tried for so long at most.
const plainMost = 2 * time.Second

// check lets Porcupine decide within a time.
func check(h history, timeout time.Duration, visualizeTo string) (verdict, error) {
	began := time.Now()
	v := verdict{History: h.History, Calls: len(h.calls), Open: openIn(h.calls), Clients: clientsIn(h.calls)}
	v.Form = "plain"
	result := decide(h, plain, min(timeout, plainMost))
	if result == porcupine.Unknown {
		v.Form = "moments"
		result = decide(h, moments, timeout)
	}
	switch result {
	case porcupine.Ok:
		v.Verdict = "ok"
	case porcupine.Unknown:
		v.Verdict = "unknown"
	case porcupine.Illegal:
		v.Verdict = "illegal"
		shortest := shortestIllegal(h, timeout)
		v.Evidence = evidence(shortest, timeout)
		if visualizeTo != "" {
			p := prepare(shortest, plain)
			_, info := porcupine.CheckOperationsVerbose(p.spec.model(), p.operations, plainMost)
			if err := porcupine.VisualizePath(p.spec.model(), info, visualizeTo); err != nil {
				return v, err
			}
		}
	}
	v.Milliseconds = time.Since(began).Milliseconds()
	return v, nil
}

func decide(h history, as form, timeout time.Duration) porcupine.CheckResult {
	p := prepare(h, as)
	return porcupine.CheckOperationsTimeout(p.spec.model(), p.operations, timeout)
}

// until is the history as it was at a time: what was answered later has no answer yet.
func until(h history, end int64) history {
	cut := history{header: h.header}
	for _, c := range h.calls {
		if c.Call > end {
			continue
		}
		if c.Return != nil && *c.Return > end {
			c.Return, c.Answer = nil, nil
		}
		cut.calls = append(cut.calls, c)
	}
	return cut
}

// shortestIllegal is the shortest beginning of an illegal history that is illegal: every beginning of a
// legal one is legal, so it can be searched for by halves.
func shortestIllegal(h history, timeout time.Duration) history {
	var ends []int64
	for _, c := range h.calls {
		if c.Return != nil {
			ends = append(ends, *c.Return)
		}
	}
	slices.Sort(ends)
	at := sort.Search(len(ends)-1, func(i int) bool {
		return decide(until(h, ends[i]), moments, timeout) == porcupine.Illegal
	})
	return until(h, ends[at])
}

// evidence says which answer is the first that cannot be, and what was before it.
func evidence(shortest history, timeout time.Duration) []string {
	last := slices.MaxFunc(shortest.calls, func(a, b call) int { return int(endOf(a) - endOf(b)) })
	lines := []string{fmt.Sprintf("cannot be: %s", line(operation{last, whole, 0}))}
	p := prepare(shortest, moments)
	model := p.spec.model()
	_, info := porcupine.CheckOperationsVerbose(model, p.operations, timeout)
	longest := longestOf(info)
	state := model.Init()
	for _, o := range longest {
		_, state = model.Step(state, o.Input, o.Output)
	}
	lines = append(lines, fmt.Sprintf("the longest order that is possible leads to %s; its end:", model.DescribeState(state)))
	for _, o := range longest[max(0, len(longest)-8):] {
		lines = append(lines, "  "+line(o.Input.(operation)))
	}
	return lines
}

func longestOf(info porcupine.LinearizationInfo) []porcupine.Operation {
	var longest []porcupine.Operation
	for _, partition := range info.PartialLinearizationsOperations() {
		for _, partial := range partition {
			if len(partial) > len(longest) {
				longest = partial
			}
		}
	}
	return longest
}

func endOf(c call) int64 {
	if c.Return == nil {
		return math.MinInt64 / 4
	}
	return *c.Return
}

func line(op operation) string {
	moment := ""
	if op.kind == asked {
		moment = " is asked:"
	}
	end := "…"
	if op.Return != nil {
		end = fmt.Sprint(*op.Return)
	}
	return fmt.Sprintf("client %d [%d, %s]%s %s", op.Client, op.Call, end, moment, describe(op))
}

func openIn(calls []call) int {
	open := 0
	for _, c := range calls {
		if c.Answer == nil {
			open++
		}
	}
	return open
}

func clientsIn(calls []call) int {
	clients := map[int]bool{}
	for _, c := range calls {
		clients[c.Client] = true
	}
	return len(clients)
}
