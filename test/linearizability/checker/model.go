package main

import (
	"context"
	"slices"

	"github.com/anishathalye/porcupine"
)

// spec is the start table of docs/protocol.md with pause, resume, step and events: what one coordinator
// that does one thing after the other would answer. It says nothing of how the record is written.
//
// A call may take effect unseen: it has no answer, or one that says nothing of its effect. It is available from
// its call on, a moment in the history, and used only where an answer cannot be explained without it: an effect
// that nobody has seen may as well come later. It may be used again, which pauses and resumes alone would notice.
//
// With many clients Porcupine needs a time that grows exponentially with the calls that overlap. So there are two
// forms of a history. In the plain one every answered call is an operation from its call to its return. In the
// other one only pauses and resumes are, which may each have changed something or not. Every other call is two
// moments: from its call on it waits for a state in which its answer is true. It is done at once where that
// changes nothing, since nothing is gained by waiting; where it changes something, when its return or another call
// needs it. The tests hold both forms to the same verdicts.
type spec struct {
	mayFail bool
	facts   facts
	// The calls that may take effect unseen.
	open []call
	// The calls that wait for a state in which their answers are true.
	waiting []call
}

type kind uint8

const (
	// A call with its answer.
	whole kind = iota
	// A call that may take effect unseen is made.
	opens
	// A call is made, and its answer comes.
	asked
	told
)

// operation is what Porcupine puts in order.
type operation struct {
	call
	kind kind
	// Of a moment: which call it belongs to.
	index int
}

func (m *spec) model() porcupine.Model {
	model := porcupine.NondeterministicModel{
		Init: func() []any { return []any{&state{}} },
		StepContext: func(ctx context.Context, s, in, _ any) []any {
			var all []any
			for _, next := range m.step(ctx, s.(*state), in.(operation)) {
				all = append(all, next)
			}
			return all
		},
		Equal:             func(a, b any) bool { return a.(*state).equals(b.(*state)) },
		Hash:              func(s any) uint64 { return s.(*state).hash() },
		DescribeOperation: func(in, _ any) string { return describe(in.(operation)) },
		DescribeState:     func(s any) string { return s.(*state).String() },
	}
	return model.ToModel()
}

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
	seen := []place{{s, false}}
	visit := func(next place) {
		isThere := func(p place) bool { return p.isIdle == next.isIdle && p.equals(next.state) }
		if !slices.ContainsFunc(seen, isThere) {
			seen = append(seen, next)
		}
	}
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

// unanswered has the effects that a call without an answer may have.
//
// isSteered: whether those matter that steer the colony.
func (m *spec) unanswered(s *state, c call, isSteered bool) []*state {
	if c.Op == "start" {
		return m.claimedUnseen(s, c)
	}
	if c.Op == "stop" {
		if there := m.named(s, c.Input.Instance); there != nil {
			return some(there.stopped())
		}
		return nil
	}
	next := completed(s)
	if next == nil || !isSteered {
		return nil
	}
	switch c.Op {
	case "pause":
		if !(s.paused && s.settled) {
			return some(next.pausedAt(unknown))
		}
	case "resume":
		if s.paused {
			return some(next.resumed())
		}
	case "step":
		isNew := !slices.ContainsFunc(s.steps, func(one step) bool { return one.key == c.Input.Key })
		if s.paused && isNew {
			next = next.stepped(step{c.Input.Key, c.Input.Ticks, unknown})
			if next.stop != unknown {
				next.stop += c.Input.Ticks
			}
			return some(next)
		}
	}
	return nil
}

// claimedUnseen has the states after a start of which no answer tells that it has claimed the colony.
func (m *spec) claimedUnseen(s *state, c call) []*state {
	generation := s.generation + 1
	if !m.isFree(s) || generation > m.facts.last {
		return nil
	}
	if _, isRetired := s.isRetired(c.Input.Key); isRetired {
		return nil
	}
	var all []*state
	for _, instance := range m.facts.claimableAs(generation) {
		key, isTold := m.facts.keys[instance]
		switch {
		case instance != "" && !m.isNew(s, instance, generation):
		case !isTold:
			// No answer says whose start it was, so it does not matter.
			all = append(all, s.claimed("", "", instance))
		case key == c.Input.Key:
			all = append(all, s.claimed(key, c.Input.Body, instance))
		}
	}
	return all
}

// completed is the state in which the start has succeeded; nil if there is none.
func completed(s *state) *state {
	switch s.phase {
	case free:
		return nil
	case started:
		return s
	}
	return s.changed(func(n *state) { n.phase = started })
}

// isFree tells whether a start may claim the colony.
func (m *spec) isFree(s *state) bool {
	return s.phase == free || (s.phase == starting && m.mayFail)
}

// named is the state if a colony is there whose instance is this one; else nil.
func (m *spec) named(s *state, instance string) *state {
	if s.phase == free || instance == "" || s.instance != instance {
		return nil
	}
	return s
}

// isNew tells whether an instance may be that of a generation which nobody has seen yet.
func (m *spec) isNew(s *state, instance string, generation int) bool {
	return instance != "" && instance != s.instance && !s.wasStopped(instance) &&
		m.facts.mayBe(instance, generation)
}

// answered has the states after a call with this answer; none if it cannot be the answer in this state.
func (m *spec) answered(s *state, c call) []*state {
	var next *state
	switch c.Op {
	case "start":
		next = m.start(s, c)
	case "stop":
		next = m.stop(s, c)
	case "pause":
		next = m.pause(s, c)
	case "resume":
		next = m.resume(s, c)
	case "step":
		next = m.stepAnswered(s, c)
	case "inject":
		// It names no instance.
		return m.inject(s, c)
	case "colony":
		next = m.colony(s, c.Answer)
	case "tick":
		next = m.tick(s, c.Answer)
	case "events":
		next = m.events(s, c.Answer)
	}
	return some(next)
}

func some(s *state) []*state {
	if s == nil {
		return nil
	}
	return []*state{s}
}
