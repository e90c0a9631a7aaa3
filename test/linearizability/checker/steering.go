package main

import "slices"

// refused is the state in which steering or an event is refused because no colony is started.
func refused(s *state, code string) *state {
	if code == "COLONY_NOT_STARTED" && s.phase != started {
		return s
	}
	return nil
}

// startedAs is the state in which this instance is started; else nil.
func (m *spec) startedAs(s *state, instance string) *state {
	there := m.named(s, instance)
	if there == nil {
		return nil
	}
	return completed(there)
}

func (m *spec) pause(s *state, c call) *state {
	a := c.Answer
	if a.Code != "ok" {
		return refused(s, a.Code)
	}
	there := m.startedAs(s, a.Instance)
	if there == nil || !a.Paused || *a.Tick < m.facts.seenBefore(a.Instance, c.Call) {
		return nil
	}
	isKnown := there.paused && there.stop != unknown
	// Another pause answers the same tick; one in a step ends it, and adds nothing to it.
	if isKnown && (*a.Tick > there.stop || (there.settled && *a.Tick != there.stop)) {
		return nil
	}
	return there.pausedAt(*a.Tick)
}

func (m *spec) resume(s *state, c call) *state {
	a := c.Answer
	if a.Code != "ok" {
		return refused(s, a.Code)
	}
	there := m.startedAs(s, a.Instance)
	if there == nil || a.Paused {
		return nil
	}
	if there.paused && there.stop != unknown && *a.Tick < there.stop {
		return nil
	}
	return there.resumed()
}

func (m *spec) stepAnswered(s *state, c call) *state {
	a := c.Answer
	if a.Code == "COLONY_NOT_STARTED" {
		return refused(s, a.Code)
	}
	if s.phase == free {
		return nil
	}
	at := slices.IndexFunc(s.steps, func(one step) bool { return one.key == c.Input.Key })
	switch a.Code {
	case "COLONY_NOT_PAUSED":
		if !s.paused && at < 0 {
			return completed(s)
		}
	case "IDEMPOTENCY_KEY_REUSED":
		if at >= 0 && s.steps[at].ticks != c.Input.Ticks {
			return s
		}
	case "ok":
		there := m.startedAs(s, a.Instance)
		switch {
		case there == nil || a.Paused != there.paused:
			return nil
		case at >= 0:
			return repeated(there, at, c)
		case there.paused && (there.stop == unknown || *a.Tick == there.stop+c.Input.Ticks):
			next := there.stepped(step{c.Input.Key, c.Input.Ticks, *a.Tick})
			next.stop = *a.Tick
			return next
		}
	}
	return nil
}

// repeated is a step with a key that has stepped before.
func repeated(s *state, at int, c call) *state {
	one := s.steps[at]
	if one.ticks != c.Input.Ticks || (one.tick != unknown && one.tick != *c.Answer.Tick) {
		return nil
	}
	return s.changed(func(n *state) {
		n.steps = slices.Clone(s.steps)
		n.steps[at].tick = *c.Answer.Tick
	})
}
