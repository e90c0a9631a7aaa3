package main

import (
	"context"
	"slices"

	"github.com/anishathalye/porcupine"
)

// spec is the start table of docs/protocol.md with pause, resume, step and events: what one coordinator
// that does one thing after the other would answer. It says nothing of how the record is written.
//
// Calls without an answer may take effect at any time after they were made, or never. Each is a moment in
// the history from which on it is available; the search uses an available one only where an answer cannot
// be explained without it. This is as good as trying it everywhere: an effect that nobody has seen may as
// well come later. It may be used again, which a pause and a resume alone would notice.
type spec struct {
	mayFail bool
	facts   facts
	// The calls without an answer.
	open []call
}

// operation is what Porcupine puts in order: a call with its answer, or the moment of one without.
type operation struct {
	call
	// The index of a call without an answer; else -1.
	opens int
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
	if op.opens >= 0 {
		return []*state{s.changed(func(n *state) { n.open = s.open.with(op.opens) })}
	}
	found := m.answered(s, op.call)
	if len(found) > 0 && !steers[op.Op] {
		return found
	}
	// A step changes what later pauses and steps are told: it is tried before them though they are possible.
	onlySteps := len(found) > 0
	seen := []*state{s}
	for at := 0; at < len(seen) && ctx.Err() == nil; at++ {
		for index, open := range m.open {
			if !s.open.has(index) || (onlySteps && open.Op != "step") {
				continue
			}
			next := m.unanswered(seen[at], open, op.Op)
			if next == nil || slices.ContainsFunc(seen, next.equals) {
				continue
			}
			seen = append(seen, next)
			found = append(found, m.answered(next, op.call)...)
		}
	}
	return found
}

var steers = map[string]bool{"pause": true, "resume": true, "step": true}

// unanswered is the effect of a call without an answer; nil if it has none that matters to an operation.
func (m *spec) unanswered(s *state, c call, to string) *state {
	isSteered := steers[to] || to == "colony" || to == "tick"
	switch c.Op {
	case "start":
		generation := s.generation + 1
		if !m.isFree(s) || generation > m.facts.last || !m.facts.mayHaveKey(generation, c.Input.Key) {
			return nil
		}
		if _, isRetired := s.isRetired(c.Input.Key); isRetired {
			return nil
		}
		return s.claimed(c.Input.Key, c.Input.Body, m.facts.instances[generation])
	case "stop":
		if there := m.named(s, c.Input.Instance); there != nil {
			return there.stopped()
		}
	case "pause":
		if isSteered && s.phase != free && !(s.paused && s.settled) {
			return s.pausedAt(unknown)
		}
	case "resume":
		if isSteered && s.paused {
			return s.resumed()
		}
	case "step":
		isNew := !slices.ContainsFunc(s.steps, func(one step) bool { return one.key == c.Input.Key })
		if isSteered && s.paused && isNew {
			next := s.stepped(step{c.Input.Key, c.Input.Ticks, unknown})
			if next.stop != unknown {
				next.stop += c.Input.Ticks
			}
			return next
		}
	}
	return nil
}

// isFree tells whether a start may claim the colony.
func (m *spec) isFree(s *state) bool {
	return s.phase == free || (s.phase == starting && m.mayFail)
}

// named is the state if a colony is there whose instance is this one; else nil.
func (m *spec) named(s *state, instance string) *state {
	switch {
	case s.phase == free:
		return nil
	case s.instance == instance:
		return s
	case s.instance == "" && m.isNew(s, instance, s.generation):
		return s.changed(func(n *state) { n.instance = instance })
	}
	return nil
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
		return m.inject(s, c)
	case "colony":
		next = m.colony(s, c.Answer)
	case "tick":
		next = m.tick(s, c.Answer)
	case "events":
		next = m.events(s, c.Answer)
	}
	if next == nil {
		return nil
	}
	return []*state{next}
}
