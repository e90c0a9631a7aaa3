package main

import (
	"strings"
	"testing"
	"time"
)

// Histories written by hand: the checker must tell legal ones from illegal ones.

// past makes histories: by default each call follows the one before.
type past struct {
	history
	now int64
}

func at(tick int) *int { return &tick }

func (p *past) add(op string, in input, a *answer) *past {
	p.now += 10
	c := call{Client: len(p.calls), Call: p.now, Op: op, Input: in, Answer: a}
	if a != nil {
		end := p.now + 5
		c.Return = &end
	}
	p.calls = append(p.calls, c)
	return p
}

// since lets the last call begin when the history had so many calls less.
func (p *past) since(back int) *past {
	p.calls[len(p.calls)-1].Call = p.calls[len(p.calls)-1-back].Call
	return p
}

func (p *past) start(key string, a answer) *past {
	return p.add("start", input{Key: key, Body: "{}"}, &a)
}

func (p *past) initiated(key, instance string, generation int) *past {
	return p.start(key, answer{Code: "initiated", Instance: instance, Generation: generation})
}

func (p *past) started(key, instance string, generation int) *past {
	return p.start(key, answer{Code: "started", Instance: instance, Generation: generation})
}

func (p *past) stop(instance string, a answer) *past {
	return p.add("stop", input{Instance: instance}, &a)
}

func (p *past) pause(tick int) *past {
	return p.add("pause", input{}, &answer{Code: "ok", Instance: "a", Paused: true, Tick: at(tick)})
}

func (p *past) resume(tick int) *past {
	return p.add("resume", input{}, &answer{Code: "ok", Instance: "a", Tick: at(tick)})
}

func (p *past) step(key string, ticks, tick int) *past {
	told := answer{Code: "ok", Instance: "a", Paused: true, Tick: at(tick)}
	return p.add("step", input{Key: key, Ticks: ticks}, &told)
}

func (p *past) inject(key, body string, sequence, tick int) *past {
	return p.add("inject", input{Key: key, Body: body}, &answer{Code: "ok", Sequence: sequence, Tick: at(tick)})
}

func (p *past) events(events ...event) *past {
	return p.add("events", input{}, &answer{Code: "ok", Events: events})
}

func (p *past) colony(status, instance string, generation int) *past {
	return p.add("colony", input{}, &answer{Code: "ok", Status: status, Instance: instance, Generation: generation})
}

func (p *past) seenAt(tick int) *past {
	return p.add("tick", input{}, &answer{Code: "ok", Instance: "a", Tick: at(tick)})
}

func (p *past) lost(op string, in input) *past { return p.add(op, in, nil) }

func blank() *past { return &past{} }

// running is a history whose colony `a` was started by the key k.
func running() *past { return blank().initiated("k", "a", 1).started("k", "a", 1) }

var ok = answer{Code: "ok"}

func TestLegalHistories(t *testing.T) {
	failing := blank().initiated("k", "a", 1)
	failing.MayFail = true
	failing.start("k", answer{Code: "COLONY_START_FAILED", Failure: 1}).initiated("k", "b", 2)
	for name, p := range map[string]*past{
		"nothing at all": blank(),
		"a start, its repetition, another key": blank().initiated("k", "a", 1).
			start("k", answer{Code: "in-progress", Instance: "a", Generation: 1}).
			start("l", answer{Code: "COLONY_START_IN_PROGRESS", Instance: "a"}).
			started("k", "a", 1).start("l", answer{Code: "COLONY_ALREADY_STARTED", Instance: "a"}),
		"a key with another body": running().add("start", input{Key: "k", Body: "{1}"},
			&answer{Code: "IDEMPOTENCY_KEY_REUSED", Instance: "a"}),
		"a stopped colony and the next": running().stop("a", ok).stop("a", ok).
			start("k", answer{Code: "IDEMPOTENCY_KEY_RETIRED", Instance: "a"}).
			colony("NotInitialized", "", 1).initiated("l", "b", 2).
			stop("a", ok).stop("c", answer{Code: "COLONY_INSTANCE_MISMATCH", Instance: "b"}),
		"a start that failed, and the same key again": failing,
		"a start without an answer that took effect": blank().lost("start", input{Key: "k", Body: "{}"}).
			start("l", answer{Code: "COLONY_START_IN_PROGRESS", Instance: "a"}).started("k", "a", 1),
		"a start without an answer that never took effect": blank().
			lost("start", input{Key: "k", Body: "{}"}).initiated("l", "b", 1),
		"a stop without an answer that took effect much later": running().lost("stop", input{Instance: "a"}).
			started("k", "a", 1).initiated("l", "b", 2),
		"a start that was held, and seen under way meanwhile": blank().
			start("l", answer{Code: "COLONY_START_IN_PROGRESS", Instance: "a"}).
			add("start", input{Key: "k", Body: "{}", Wait: true}, &answer{Code: "started", Instance: "a", Generation: 1}).
			since(1),
		"two at once, the later call first": blank().
			start("l", answer{Code: "COLONY_START_IN_PROGRESS", Instance: "a"}).initiated("k", "a", 1).since(1),
		"pauses, a step, its repetition, a pause in a step": running().pause(100).pause(100).
			step("s", 5, 105).step("s", 5, 105).pause(103).pause(103).resume(103).pause(200),
		"a step with a key that has stepped, of other ticks": running().pause(100).step("s", 5, 105).
			add("step", input{Key: "s", Ticks: 6}, &answer{Code: "IDEMPOTENCY_KEY_REUSED"}),
		"a pause without an answer, told by the next": running().lost("pause", input{}).pause(50).pause(50),
		"a step without an answer before a pause": running().pause(100).
			lost("step", input{Key: "s", Ticks: 5}).pause(100).step("s", 5, 105),
		"a step without an answer that a pause ended": running().pause(100).
			lost("step", input{Key: "s", Ticks: 5}).pause(103).step("s", 5, 105).
			add("colony", input{}, &answer{Code: "ok", Status: "TopographyInitialized", Instance: "a",
				Generation: 1, Paused: true, Tick: at(103)}),
		"events, one repeated, all listed": running().inject("e", "x", 1, 10).inject("f", "y", 2, 9).
			inject("e", "x", 1, 10).events(event{Tick: 10, Body: "x"}, event{Tick: 9, Body: "y"}),
		"an event without an answer between others": running().lost("inject", input{Key: "e", Body: "x"}).
			inject("f", "y", 2, 9).events(event{Tick: 8, Body: "x"}, event{Tick: 9, Body: "y"}).
			inject("e", "x", 1, 8),
		"events end with their colony":     running().inject("e", "x", 1, 10).stop("a", ok).events(),
		"steering when nothing is started": blank().add("pause", input{}, &answer{Code: "COLONY_NOT_STARTED"}),
	} {
		t.Run(name, func(t *testing.T) { expect(t, p, "ok") })
	}
}

func TestIllegalHistories(t *testing.T) {
	for name, p := range map[string]*past{
		"two instances of one generation":        blank().initiated("k", "a", 1).initiated("l", "b", 1).since(1),
		"a second start while the first goes on": blank().initiated("k", "a", 1).initiated("l", "b", 2),
		"one key that starts twice":              running().stop("a", ok).initiated("k", "b", 2),
		"a retired key that is told it goes on": running().stop("a", ok).
			start("k", answer{Code: "in-progress", Instance: "a", Generation: 1}),
		"a retired key with another instance": running().stop("a", ok).
			start("k", answer{Code: "IDEMPOTENCY_KEY_RETIRED", Instance: "b"}),
		"a refusal for an instance that never was": running().
			start("l", answer{Code: "COLONY_ALREADY_STARTED", Instance: "b"}),
		"started for one, then in progress for another": running().
			start("l", answer{Code: "COLONY_START_IN_PROGRESS", Instance: "a"}),
		"started before anybody asked for it": blank().started("k", "a", 1),
		"another body taken for the same": running().
			add("start", input{Key: "k", Body: "{1}"}, &answer{Code: "started", Instance: "a", Generation: 1}),
		"the same body taken for another": running().
			start("k", answer{Code: "IDEMPOTENCY_KEY_REUSED", Instance: "a"}),
		"a stop that is undone":            running().stop("a", ok).started("k", "a", 1),
		"a stop that a look does not show": running().stop("a", ok).colony("TopographyInitialized", "a", 1),
		"a stop without an answer that is undone": running().lost("stop", input{Instance: "a"}).
			colony("NotInitialized", "", 1).started("k", "a", 1),
		"nothing to stop where a colony is": running().stop("a", answer{Code: "COLONY_NOT_STARTED"}),
		"a generation left out":             running().stop("a", ok).initiated("l", "b", 3),
		"an instance used again":            running().stop("a", ok).initiated("l", "a", 2),
		"a start that failed where none may": blank().initiated("k", "a", 1).
			start("k", answer{Code: "COLONY_START_FAILED", Failure: 1}),
		"a start seen before it was called": blank().
			start("l", answer{Code: "COLONY_START_IN_PROGRESS", Instance: "a"}).initiated("k", "a", 1),
		"one pause with two ticks":                running().pause(100).pause(101),
		"a step that steps twice":                 running().pause(100).step("s", 5, 105).step("s", 5, 110),
		"a step from elsewhere":                   running().pause(100).step("s", 5, 107),
		"a pause that a look does not show":       running().pause(100).colony("TopographyInitialized", "a", 1),
		"a pause beyond which the world was seen": running().pause(100).seenAt(101),
		"a pause before a tick that was seen":     running().seenAt(200).pause(100),
		"not paused for one, though it is": running().pause(100).
			add("step", input{Key: "s", Ticks: 1}, &answer{Code: "COLONY_NOT_PAUSED"}),
		"an event that is not listed":           running().inject("e", "x", 1, 10).events(),
		"an event that moved":                   running().inject("e", "x", 1, 10).events(event{Tick: 11, Body: "x"}),
		"an event listed that nobody asked for": running().events(event{Tick: 11, Body: "x"}),
		"one key with two events":               running().inject("e", "x", 1, 10).inject("e", "x", 2, 12),
		"two events with one number":            running().inject("e", "x", 1, 10).inject("f", "y", 1, 12),
		"a number left out":                     running().inject("e", "x", 2, 10),
		"an event for a tick that was seen":     running().seenAt(20).inject("e", "x", 1, 20),
		"a lost event listed, then not": running().lost("inject", input{Key: "e", Body: "x"}).
			events(event{Tick: 8, Body: "x"}).events(),
		"steering refused where a colony is started": running().
			add("pause", input{}, &answer{Code: "COLONY_NOT_STARTED"}),
		"an answer of a kind that is not known": running().
			add("pause", input{}, &answer{Code: "EVENT_NOT_FOUND"}),
	} {
		t.Run(name, func(t *testing.T) { expect(t, p, "illegal") })
	}
}

func TestRetiredKeysAreForgottenBeyondTheNewest64(t *testing.T) {
	p := blank()
	for generation := 1; generation <= 65; generation++ {
		name := string(rune('A' + generation))
		p.initiated("k"+name, "i"+name, generation).stop("i"+name, ok)
	}
	p.start("kC", answer{Code: "IDEMPOTENCY_KEY_RETIRED", Instance: "iC"})
	p.initiated("kB", "again", 66)
	expect(t, p, "ok")
}

func TestEvidenceNamesTheFirstAnswerThatCannotBe(t *testing.T) {
	p := running().stop("a", ok).started("k", "a", 1).colony("NotInitialized", "", 7)
	v, err := check(p.history, time.Minute, t.TempDir()+"/drawn.html")
	if err != nil || v.Verdict != "illegal" {
		t.Fatal(v, err)
	}
	want := `cannot be: client 3 [40, 45] start`
	if got := v.Evidence[0][:len(want)]; got != want {
		t.Error(v.Evidence)
	}
}

func TestTooLittleTimeIsUnknown(t *testing.T) {
	p := blank()
	for n := 0; n < 400; n++ {
		p.lost("start", input{Key: string(rune('a' + n)), Body: "{}"})
	}
	for n := 0; n < 40; n++ {
		p.initiated(string(rune('a'+n)), string(rune('A'+n)), n+2).since(n)
	}
	v, err := check(p.history, time.Nanosecond, "")
	if err != nil || v.Verdict != "unknown" {
		t.Error(v, err)
	}
}

func expect(t *testing.T, p *past, verdictWanted string) {
	t.Helper()
	for _, as := range []form{plain, moments} {
		if result := decide(p.history, as, time.Minute); strings.ToLower(string(result)) != verdictWanted {
			v, _ := check(p.history, time.Minute, "")
			t.Error(as, result, v.Evidence)
		}
	}
}
