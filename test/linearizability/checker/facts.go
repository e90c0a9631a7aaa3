package main

// facts is what the answers of a whole history say of its generations. They only shorten the search: a
// generation has one key and one instance in every legal order, so a call without an answer that would
// give it others need not be tried.
type facts struct {
	instances   map[int]string
	generations map[string]int
	keys        map[int]string
	// No answer is of a later generation.
	last int
}

func factsOf(calls []call) facts {
	f := facts{instances: map[int]string{}, generations: map[string]int{}, keys: map[int]string{}}
	keyOf, named := map[string]string{}, map[string]bool{}
	for _, c := range calls {
		if c.Answer == nil {
			continue
		}
		a := c.Answer
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
			keyOf[a.Instance] = c.Input.Key
		}
	}
	for instance, key := range keyOf {
		if generation, isKnown := f.generations[instance]; isKnown {
			f.keys[generation] = key
		}
	}
	f.last += len(named) - len(f.generations)
	return f
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

func (f facts) mayHaveKey(generation int, key string) bool {
	known, isKnown := f.keys[generation]
	return !isKnown || known == key
}
