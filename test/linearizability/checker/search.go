package main

import (
	"context"
	"slices"
)

// step has all states that an operation may lead to; none if it is not possible.
func (m *spec) step(ctx context.Context, s *state, op operation) []*state {
	switch op.kind {
	case opens:
		return some(s.changed(func(n *state) { n.open = s.open.with(op.index) }))
	case asked:
		return some(m.settled(s.changed(func(n *state) { n.waiting = s.waiting.with(op.index) })))
	case told:
		isDone := func(s *state) []*state {
			if s.waiting.has(op.index) {
				return nil
			}
			return some(s)
		}
		if done := isDone(s); done != nil {
			return done
		}
		return m.search(ctx, s, op, isDone)
	}
	return m.search(ctx, s, op, func(s *state) []*state {
		var all []*state
		for _, next := range m.answered(s, op.call) {
			all = append(all, m.settled(next))
		}
		return all
	})
}

// search finds the states from which an operation is possible, and what it leads to: by the answers that are
// waited for, and by calls that take effect unseen where such an answer needs them. Only if that does not do are
// they used for the operation itself.
func (m *spec) search(ctx context.Context, s *state, op operation, reach func(*state) []*state) []*state {
	found := m.reachable(ctx, s, op, reach, func(call) bool { return false })
	switch {
	case len(found) == 0 || m.mayFail:
		// A start that is gone may have failed, or been stopped by a call without an answer.
		return m.reachable(ctx, s, op, reach, func(call) bool { return true })
	case steers[op.Op]:
		// A step changes what later pauses and steps are told: it is tried before them though they are possible.
		return m.reachable(ctx, s, op, reach, func(c call) bool { return c.Op == "step" })
	}
	return found
}

// place is a state on the way of a search.
type place struct {
	*state
	// An unseen effect came last that is of no use yet: no answer needed it.
	isIdle bool
}

// reachable is a search that may use some calls for the operation itself.
func (m *spec) reachable(
	ctx context.Context, s *state, op operation, reach func(*state) []*state, mayUse func(call) bool,
) []*state {
	var found []*state
	var seen []place
	byHash := map[uint64][]place{}
	visit := func(next place) {
		isThere := func(p place) bool { return p.isIdle == next.isIdle && p.equals(next.state) }
		hash := next.hash()
		if !slices.ContainsFunc(byHash[hash], isThere) {
			byHash[hash] = append(byHash[hash], next)
			seen = append(seen, next)
		}
	}
	visit(place{s, false})
	isSteered := m.isSteered(s, op)
	for at := 0; at < len(seen) && ctx.Err() == nil; at++ {
		from := seen[at]
		if !from.isIdle {
			reached := reach(from.state)
			found = append(found, reached...)
			if len(reached) > 0 && op.kind == told {
				continue
			}
		}
		for index := range from.waiting.numbers() {
			for _, next := range m.answered(from.state, m.waiting[index]) {
				next = next.changed(func(n *state) { n.waiting = n.waiting.without(index) })
				visit(place{m.settled(next), false})
			}
		}
		for index := range from.open.numbers() {
			c := m.open[index]
			if s.waiting == "" && !mayUse(c) {
				continue
			}
			for _, next := range m.unanswered(from.state, c, isSteered) {
				next = m.settled(next)
				isOfNoUse := next.waiting == from.waiting && (from.isIdle || !mayUse(c))
				visit(place{next, isOfNoUse})
			}
		}
	}
	return found
}

// isSteered tells whether an operation, or an answer that is waited for, depends on how the colony runs.
func (m *spec) isSteered(s *state, op operation) bool {
	if runs[op.Op] {
		return true
	}
	for index := range s.waiting.numbers() {
		if runs[m.waiting[index].Op] {
			return true
		}
	}
	return false
}

var runs = map[string]bool{"pause": true, "resume": true, "step": true, "colony": true, "tick": true}

// settled is the state without the calls whose answers are true in it.
func (m *spec) settled(s *state) *state {
	waiting := s.waiting
	for index := range s.waiting.numbers() {
		for _, next := range m.answered(s, m.waiting[index]) {
			if next == s {
				waiting = waiting.without(index)
			}
		}
	}
	if waiting == s.waiting {
		return s
	}
	return s.changed(func(n *state) { n.waiting = waiting })
}

var steers = map[string]bool{"pause": true, "resume": true, "step": true}
