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
		if s.paused && !m.facts.steps[c.Input.Key] {
			// Where it led nobody was told: somewhere.
			return some(next.changed(func(n *state) { n.stop, n.settled = unknown, false }))
		}
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
