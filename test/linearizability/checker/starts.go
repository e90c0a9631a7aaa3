package main

// start is one row of the start table; nil where the state has another.
func (m *spec) start(s *state, c call) *state {
	a, key := c.Answer, c.Input.Key
	retired, isRetired := s.isRetired(key)
	if a.Code == "IDEMPOTENCY_KEY_RETIRED" {
		if isRetired && retired.instance == a.Instance {
			return s
		}
		return nil
	}
	if isRetired {
		return nil
	}
	if a.Code == "initiated" {
		isNext := a.Generation == s.generation+1
		if !m.isFree(s) || !isNext || !m.isNew(s, a.Instance, a.Generation) {
			return nil
		}
		return s.claimed(key, c.Input.Body, a.Instance)
	}
	if a.Code == "COLONY_START_FAILED" {
		return m.failure(s, a.Failure)
	}
	there := m.named(s, a.Instance)
	if there == nil {
		return nil
	}
	isOwn := there.key == key
	isSame := isOwn && there.body == c.Input.Body && a.Generation == there.generation
	switch a.Code {
	case "in-progress":
		if there.phase == starting && isSame {
			return there
		}
	case "started":
		if isSame {
			return completed(there)
		}
	case "COLONY_START_IN_PROGRESS":
		if there.phase == starting && !isOwn {
			return there
		}
	case "COLONY_ALREADY_STARTED":
		if !isOwn {
			return completed(there)
		}
	case "IDEMPOTENCY_KEY_REUSED":
		if isOwn && there.body != c.Input.Body {
			return there
		}
	}
	return nil
}

// failure is the state in which the start of a generation is the last that failed.
func (m *spec) failure(s *state, generation int) *state {
	switch {
	case s.phase == free && s.failure == generation && generation > 0:
		return s
	case s.phase == starting && m.isFree(s) && s.generation == generation:
		return s.failed()
	}
	return nil
}

func (m *spec) stop(s *state, c call) *state {
	a, instance := c.Answer, c.Input.Instance
	if s.wasStopped(instance) {
		if a.Code == "ok" {
			return s
		}
		return nil
	}
	switch a.Code {
	case "ok":
		if there := m.named(s, instance); there != nil {
			return there.stopped()
		}
	case "COLONY_INSTANCE_MISMATCH":
		if a.Instance != instance {
			return m.named(s, a.Instance)
		}
	case "COLONY_NOT_STARTED":
		return m.gone(s)
	}
	return nil
}

// gone is the state if no colony is there, not even one that is being started.
func (m *spec) gone(s *state) *state {
	switch {
	case s.phase == free:
		return s
	case m.isFree(s):
		return s.failed()
	}
	return nil
}

// colony is what `GET /colony` shows of the record.
func (m *spec) colony(s *state, a *answer) *state {
	if a.Generation != s.generation {
		return nil
	}
	if a.Status == "NotInitialized" {
		if s.phase == free && s.failure == a.Failure {
			return s
		}
		return m.failure(s, a.Failure)
	}
	there := m.named(s, a.Instance)
	if there == nil || a.Failure != 0 {
		return nil
	}
	switch a.Status {
	case "Initializing":
		if there.phase == starting {
			return there
		}
	case "TopographyInitialized":
		return asItRuns(completed(there), a)
	}
	return nil
}

func asItRuns(s *state, a *answer) *state {
	if s == nil || s.paused != a.Paused || s.paused != (a.Tick != nil) {
		return nil
	}
	if !s.paused || s.stop == *a.Tick {
		return s
	}
	if s.stop != unknown {
		return nil
	}
	return s.changed(func(n *state) { n.stop = *a.Tick })
}

// tick is the tick at which the world was seen.
func (m *spec) tick(s *state, a *answer) *state {
	there := m.startedAs(s, a.Instance)
	if there == nil || (there.paused && there.stop != unknown && *a.Tick > there.stop) {
		return nil
	}
	return there
}
