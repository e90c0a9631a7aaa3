package main

import (
	"math"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// The forms of a history must have the same verdict: here of short ones with answers of chance.

const randomHistories = 20_000

func TestBothFormsHaveTheSameVerdict(t *testing.T) {
	seed := time.Now().UnixNano()
	random := rand.New(rand.NewSource(seed))
	verdicts := map[porcupine.CheckResult]int{}
	for n := 0; n < randomHistories; n++ {
		h := randomHistory(random)
		inPlain, inMoments := decide(h, plain, 0), decide(h, moments, 0)
		verdicts[inPlain]++
		simple, isExact := inSimpleForm(h)
		if inPlain == inMoments && (inPlain == simple || (inPlain == porcupine.Ok && !isExact)) {
			continue
		}
		for _, c := range h.calls {
			t.Log(line(operation{c, whole, 0}))
		}
		t.Fatalf("seed %d, history %d, starts may fail: %v: plain %s, moments %s, simple %s",
			seed, n, h.MayFail, inPlain, inMoments, simple)
	}
	if verdicts[porcupine.Ok] < randomHistories/50 || verdicts[porcupine.Illegal] < randomHistories/50 {
		t.Errorf("seed %d: %v says little", seed, verdicts)
	}
}

// inSimpleForm gives Porcupine each call without an answer as an operation that never ends, and may have its
// effect once or never: too slow for more than a few, and as simple as can be. The other forms accept more where
// such a call may be used again, or where no answer says whose start it was; else this is exact.
func inSimpleForm(h history) (verdict porcupine.CheckResult, isExact bool) {
	isExact = !h.MayFail
	p := prepare(h, plain)
	m := p.spec
	for i, o := range p.operations {
		if op := o.Input.(operation); op.kind == opens {
			isExact = isExact && (op.Op == "stop" || op.Op == "inject" || m.facts.steps[op.Input.Key])
			p.operations[i].Return = math.MaxInt64
		}
	}
	model := porcupine.NondeterministicModel{
		Init: func() []any { return []any{&state{}} },
		Step: func(s, in, _ any) []any {
			var all []any
			for _, next := range simpleStep(m, s.(*state), in.(operation)) {
				all = append(all, next)
			}
			return all
		},
		Equal: func(a, b any) bool { return a.(*state).equals(b.(*state)) },
	}
	return porcupine.CheckOperationsTimeout(model.ToModel(), p.operations, 0), isExact
}

func simpleStep(m *spec, s *state, op operation) []*state {
	if op.kind != opens {
		return m.answered(s, op.call)
	}
	all := append([]*state{s}, m.unanswered(s, op.call, true)...)
	if there := completed(s); op.Op == "inject" && there != nil {
		isKnown := slices.ContainsFunc(s.events, func(e event) bool { return e.Key == op.Input.Key })
		if !isKnown {
			all = append(all, there.changed(func(n *state) {
				n.events = append(slices.Clone(s.events), event{Key: op.Input.Key, Body: op.Input.Body, Tick: unknown})
			}))
		}
	}
	return all
}

func randomHistory(random *rand.Rand) history {
	h := history{header: header{History: "of chance", MayFail: random.Intn(3) == 0}}
	if random.Intn(2) == 0 {
		end := int64(2)
		h.calls = append(h.calls, call{Call: 1, Return: &end, Op: "start", Input: input{Key: "k", Body: "x"},
			Answer: &answer{Code: "initiated", Instance: "a", Generation: 1}})
	}
	for n := 2 + random.Intn(6); n > 0; n-- {
		c := randomCall(random)
		c.Client = n
		c.Call = int64(10 + random.Intn(30))
		if c.Answer != nil {
			end := c.Call + int64(random.Intn(15))
			c.Return = &end
		}
		h.calls = append(h.calls, c)
	}
	return h
}

func randomCall(random *rand.Rand) call {
	one := func(of ...string) string { return of[random.Intn(len(of))] }
	generation := 1 + random.Intn(2)
	instance := []string{"a", "b"}[generation-1]
	told := &answer{Code: "ok", Instance: instance}
	c := call{Op: one("start", "start", "stop", "pause", "resume", "step", "inject", "colony", "events"), Answer: told}
	switch c.Op {
	case "start":
		c.Input = input{Key: one("k", "l"), Body: one("x", "x", "y"), Wait: random.Intn(3) == 0}
		told.Code = one("initiated", "in-progress", "started", "COLONY_START_IN_PROGRESS", "COLONY_ALREADY_STARTED",
			"IDEMPOTENCY_KEY_RETIRED", "IDEMPOTENCY_KEY_REUSED", "COLONY_START_FAILED")
		told.Generation, told.Failure = generation, generation
	case "stop":
		c.Input.Instance = one("a", "b")
		told.Code = one("ok", "ok", "COLONY_NOT_STARTED", "COLONY_INSTANCE_MISMATCH")
	case "pause", "resume":
		told.Paused, told.Tick = c.Op == "pause", at(5+random.Intn(2))
	case "step":
		c.Input = input{Key: one("s", "t"), Ticks: 1}
		told.Code = one("ok", "ok", "COLONY_NOT_PAUSED")
		told.Paused, told.Tick = true, at(6+random.Intn(2))
	case "inject":
		key := one("e", "f")
		c.Input = input{Key: key, Body: "of " + key}
		*told = answer{Code: "ok", Sequence: 1 + random.Intn(2), Tick: at(7)}
	case "colony":
		told.Generation = generation
		told.Status = one("NotInitialized", "Initializing", "TopographyInitialized")
		if told.Status == "NotInitialized" {
			told.Instance = ""
		}
		if random.Intn(3) == 0 && told.Status == "TopographyInitialized" {
			told.Paused, told.Tick = true, at(5+random.Intn(3))
		}
	case "events":
		*told = answer{Code: "ok"}
		for _, key := range []string{"e", "f"}[:random.Intn(3)] {
			told.Events = append(told.Events, event{Tick: 7, Body: "of " + key})
		}
	}
	if changes[c.Op] && random.Intn(4) == 0 {
		c.Answer = nil
	}
	return c
}
