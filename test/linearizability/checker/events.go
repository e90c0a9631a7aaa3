package main

import "slices"

// An event whose call has no answer may be known only by its place: then it has no key, body and tick yet.

func (m *spec) inject(s *state, c call) []*state {
	a := c.Answer
	if a.Code == "COLONY_NOT_STARTED" {
		return some(refused(s, a.Code))
	}
	if s = completed(s); s == nil {
		return nil
	}
	at := slices.IndexFunc(s.events, func(e event) bool { return e.Key == c.Input.Key })
	switch a.Code {
	case "EVENT_TICK_PASSED":
		if at < 0 && c.Input.Tick > 0 {
			return some(s)
		}
	case "IDEMPOTENCY_KEY_REUSED":
		if at >= 0 && s.events[at].Body != c.Input.Body {
			return some(s)
		}
		if at < 0 {
			return m.usedBefore(s, c)
		}
	case "ok":
		if at >= 0 {
			return some(m.injectedBefore(s, at, c))
		}
		return some(m.injected(s, c))
	}
	return nil
}

func (m *spec) injectedBefore(s *state, at int, c call) *state {
	known := s.events[at]
	if known.Body != c.Input.Body || at != c.Answer.Sequence-1 {
		return nil
	}
	if known.Tick != unknown && known.Tick != *c.Answer.Tick {
		return nil
	}
	return withEvent(s, at, event{Key: known.Key, Body: known.Body, Tick: *c.Answer.Tick})
}

func (m *spec) injected(s *state, c call) *state {
	a := c.Answer
	one := event{Key: c.Input.Key, Body: c.Input.Body, Tick: *a.Tick}
	if at := a.Sequence - 1; at < len(s.events) {
		// It may be an own call without an answer, made again.
		if at < 0 || s.events[at].Key != "" || !m.isOpen(s, one) {
			return nil
		}
		return m.enough(withEvent(s, at, one))
	}
	if c.Input.Tick > 0 && *a.Tick != c.Input.Tick {
		return nil
	}
	if *a.Tick <= m.facts.seenBefore(s.instance, m.facts.asked[c.Input.Key]) {
		return nil
	}
	next := s.changed(func(n *state) {
		n.events = slices.Clone(s.events)
		for len(n.events) < a.Sequence-1 {
			n.events = append(n.events, event{Tick: unknown})
		}
		n.events = append(n.events, one)
	})
	return m.enough(next)
}

// usedBefore has the states in which a call without an answer has used the key for another event.
func (m *spec) usedBefore(s *state, c call) []*state {
	var all []*state
	for index, o := range m.open {
		if o.Op != "inject" || !s.open.has(index) || o.Input.Key != c.Input.Key || o.Input.Body == c.Input.Body {
			continue
		}
		one := event{Key: o.Input.Key, Body: o.Input.Body, Tick: unknown}
		all = append(all, s.changed(func(n *state) { n.events = append(slices.Clone(s.events), one) }))
		for at, e := range s.events {
			if e.Key == "" {
				all = append(all, some(m.enough(withEvent(s, at, one)))...)
			}
		}
	}
	return all
}

func withEvent(s *state, at int, one event) *state {
	return s.changed(func(n *state) {
		n.events = slices.Clone(s.events)
		n.events[at] = one
	})
}

// isOpen tells whether an event was asked for by a call without an answer.
func (m *spec) isOpen(s *state, e event) bool {
	for index, o := range m.open {
		if o.Op == "inject" && s.open.has(index) && o.Input.Body == e.Body && (e.Key == "" || o.Input.Key == e.Key) {
			return true
		}
	}
	return false
}

// enough is the state if there are as many calls without an answer as events that only they can explain.
func (m *spec) enough(s *state) *state {
	if !slices.ContainsFunc(s.events, func(e event) bool { return e.Key == "" }) {
		return s
	}
	unexplained, keys := 0, map[string]bool{}
	for _, e := range s.events {
		keys[e.Key] = true
		if e.Key == "" {
			unexplained++
		}
	}
	for index, o := range m.open {
		if o.Op == "inject" && s.open.has(index) && !keys[o.Input.Key] {
			keys[o.Input.Key] = true
			unexplained--
		}
	}
	if unexplained > 0 {
		return nil
	}
	return s
}

// events is what `GET /colony-events` lists: the injected ones, all of them.
func (m *spec) events(s *state, a *answer) *state {
	if s.phase != started && len(a.Events) == 0 {
		return s
	}
	if s.phase == free || len(a.Events) < len(s.events) {
		return nil
	}
	next := completed(s).changed(func(*state) {})
	next.events = slices.Clone(s.events)
	for at, listed := range a.Events {
		if at == len(next.events) {
			next.events = append(next.events, event{Tick: unknown})
		}
		known := &next.events[at]
		if known.Key == "" {
			open := slices.IndexFunc(m.open, func(o call) bool { return o.Op == "inject" && o.Input.Body == listed.Body })
			isUsed := slices.ContainsFunc(next.events, func(e event) bool { return e.Body == listed.Body })
			if open < 0 || !s.open.has(open) || isUsed {
				return nil
			}
			known.Key, known.Body = m.open[open].Input.Key, listed.Body
		}
		if known.Body != listed.Body || (known.Tick != unknown && known.Tick != listed.Tick) {
			return nil
		}
		known.Tick = listed.Tick
	}
	if next.equals(s) {
		return s
	}
	return next
}
