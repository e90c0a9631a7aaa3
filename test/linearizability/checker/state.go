package main

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// The newest so many stopped starts and steps are remembered; docs/protocol.md, the colony record.
const (
	retiredKeysMax = 64
	handledKeysMax = 64
)

type phase uint8

const (
	free phase = iota
	// Claimed. The leader completes it, or lets it fail, at a moment that no client decides: so this
	// stands for all that it may have become, until somebody sees which.
	starting
	started
)

// unknown is a tick that nobody was told yet: the call that led to it has no answer.
const unknown = -1

type retiredStart struct {
	key, instance string
	generation    int
}

type step struct {
	key         string
	ticks, tick int
}

// state is the start table and what belongs to a started colony, as clients can tell it. It is never
// changed: each change makes another one.
type state struct {
	phase      phase
	generation int
	// "" if nobody was ever told it.
	instance  string
	key, body string
	// The generation of the last start that failed; 0 once there is another one.
	failure int
	retired []retiredStart

	paused bool
	// While paused: the tick it stands at, and whether a pause said so, not a step.
	stop    int
	settled bool
	steps   []step
	events  []event

	// Which of the calls that may take effect unseen have been made.
	open set
	// Which calls wait for a state in which their answers are true.
	waiting set
}

func (s *state) isRetired(key string) (retiredStart, bool) {
	at := slices.IndexFunc(s.retired, func(r retiredStart) bool { return r.key == key })
	if at < 0 {
		return retiredStart{}, false
	}
	return s.retired[at], true
}

func (s *state) wasStopped(instance string) bool {
	return slices.ContainsFunc(s.retired, func(r retiredStart) bool { return r.instance == instance })
}

// withoutColony is what outlives a colony.
func (s *state) withoutColony() *state {
	return &state{generation: s.generation, retired: s.retired, open: s.open, waiting: s.waiting}
}

func (s *state) claimed(key, body, instance string) *state {
	next := s.withoutColony()
	next.phase = starting
	next.generation++
	next.key, next.body, next.instance = key, body, instance
	return next
}

func (s *state) stopped() *state {
	next := s.withoutColony()
	retired := append(slices.Clone(s.retired), retiredStart{s.key, s.instance, s.generation})
	next.retired = retired[max(0, len(retired)-retiredKeysMax):]
	return next
}

func (s *state) failed() *state {
	next := s.withoutColony()
	next.failure = s.generation
	return next
}

func (s *state) changed(change func(*state)) *state {
	next := *s
	change(&next)
	return &next
}

func (s *state) pausedAt(tick int) *state {
	return s.changed(func(n *state) { n.paused, n.settled, n.stop = true, true, tick })
}

func (s *state) resumed() *state {
	return s.changed(func(n *state) { n.paused, n.settled, n.stop = false, false, 0 })
}

func (s *state) stepped(one step) *state {
	return s.changed(func(n *state) {
		n.settled = false
		n.steps = append(slices.Clone(s.steps), one)
		n.steps = n.steps[max(0, len(n.steps)-handledKeysMax):]
	})
}

func (s *state) equals(o *state) bool {
	return s.phase == o.phase && s.generation == o.generation && s.instance == o.instance &&
		s.key == o.key && s.body == o.body && s.failure == o.failure &&
		s.paused == o.paused && s.stop == o.stop && s.settled == o.settled &&
		slices.Equal(s.retired, o.retired) && slices.Equal(s.steps, o.steps) &&
		slices.Equal(s.events, o.events) && s.open == o.open && s.waiting == o.waiting
}

func (s *state) hash() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, s.phase, s.generation, s.instance, s.paused, s.stop, len(s.retired),
		len(s.steps), len(s.events), s.open, s.waiting)
	return h.Sum64()
}

func (s *state) String() string {
	name := [...]string{"free", "starting", "started"}[s.phase]
	var text strings.Builder
	fmt.Fprintf(&text, "%s, generation %d", name, s.generation)
	if s.phase != free {
		fmt.Fprintf(&text, ", instance %q of key %q", s.instance, s.key)
	}
	if s.phase == started {
		if s.paused {
			fmt.Fprintf(&text, ", paused at %d", s.stop)
		}
		fmt.Fprintf(&text, ", %d events", len(s.events))
	}
	if len(s.retired) > 0 {
		last := s.retired[len(s.retired)-1]
		fmt.Fprintf(&text, ", %d keys retired, last %q", len(s.retired), last.key)
	}
	return text.String()
}
