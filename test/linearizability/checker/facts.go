package main

import (
	"cmp"
	"slices"
	"sort"
)

// facts is what the answers of a whole history say of its generations. They only shorten the search: a
// generation has one key and one instance in every legal order, so a call without an answer that would
// give it others need not be tried.
type facts struct {
	instances   map[int]string
	generations map[string]int
	// The key of an instance.
	keys map[string]string
	// The instances of which no answer tells the generation.
	undated []string
	// No answer is of a later generation.
	last int
	// The ticks that were seen of each instance, in the order in which they were told.
	ticks map[string][]seenTick
	// The keys of the steps that somebody was told of.
	steps map[string]bool
	// When an event was asked for first.
	asked map[string]int64
}

// seenTick is the highest tick that was told until a time.
type seenTick struct {
	told int64
	tick int
}

func factsOf(calls []call) facts {
	f := facts{
		instances: map[int]string{}, generations: map[string]int{}, keys: map[string]string{},
		ticks: ticksOf(calls), asked: map[string]int64{}, steps: map[string]bool{},
	}
	named := map[string]bool{}
	for _, c := range calls {
		if c.Op == "inject" {
			first, isKnown := f.asked[c.Input.Key]
			if !isKnown || c.Call < first {
				f.asked[c.Input.Key] = c.Call
			}
		}
		if c.Answer == nil {
			continue
		}
		a := c.Answer
		if c.Op == "step" && (a.Code == "ok" || a.Code == "IDEMPOTENCY_KEY_REUSED") {
			f.steps[c.Input.Key] = true
		}
		f.last = max(f.last, a.Generation, a.Failure)
		if a.Instance == "" {
			continue
		}
		named[a.Instance] = true
		if a.Generation > 0 {
			f.instances[a.Generation] = a.Instance
			f.generations[a.Instance] = a.Generation
		}
		if c.Op == "start" && namesItsOwn[a.Code] {
			f.keys[a.Instance] = c.Input.Key
		}
	}
	for instance := range named {
		if _, isDated := f.generations[instance]; !isDated {
			f.undated = append(f.undated, instance)
		}
	}
	slices.Sort(f.undated)
	f.last += len(f.undated)
	return f
}

// claimableAs are the instances that a generation may have, "" if that is one which nobody was told of.
func (f facts) claimableAs(generation int) []string {
	if instance, isKnown := f.instances[generation]; isKnown {
		return []string{instance}
	}
	return append(slices.Clone(f.undated), "")
}

// namesItsOwn has the answers to a start that name the instance which its key started.
var namesItsOwn = map[string]bool{
	"initiated": true, "in-progress": true, "started": true,
	"IDEMPOTENCY_KEY_RETIRED": true, "IDEMPOTENCY_KEY_REUSED": true,
}

// mayBe tells whether no answer says that an instance is of another generation.
func (f facts) mayBe(instance string, generation int) bool {
	known, isKnown := f.generations[instance]
	return !isKnown || known == generation
}

func ticksOf(calls []call) map[string][]seenTick {
	all := map[string][]seenTick{}
	for _, c := range calls {
		if c.Op == "tick" && c.Answer != nil {
			all[c.Answer.Instance] = append(all[c.Answer.Instance], seenTick{*c.Return, *c.Answer.Tick})
		}
	}
	for _, ticks := range all {
		slices.SortFunc(ticks, func(a, b seenTick) int { return cmp.Compare(a.told, b.told) })
		for i := 1; i < len(ticks); i++ {
			ticks[i].tick = max(ticks[i].tick, ticks[i-1].tick)
		}
	}
	return all
}

// seenBefore is the highest tick at which somebody had seen an instance when something was asked; -1: nobody.
func (f facts) seenBefore(instance string, time int64) int {
	ticks := f.ticks[instance]
	at := sort.Search(len(ticks), func(i int) bool { return ticks[i].told >= time })
	if at == 0 {
		return -1
	}
	return ticks[at-1].tick
}
