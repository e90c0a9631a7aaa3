package main

import (
	"iter"
	"math/bits"
)

// set is an immutable set of small numbers: 8 of them in each byte, without zeros at the end.
type set string

func (s set) has(number int) bool {
	return number/8 < len(s) && s[number/8]&(1<<(number%8)) != 0
}

func (s set) with(number int) set {
	bytes := make([]byte, max(len(s), number/8+1))
	copy(bytes, s)
	bytes[number/8] |= 1 << (number % 8)
	return set(bytes)
}

func (s set) without(number int) set {
	if !s.has(number) {
		return s
	}
	bytes := []byte(s)
	bytes[number/8] &^= 1 << (number % 8)
	for len(bytes) > 0 && bytes[len(bytes)-1] == 0 {
		bytes = bytes[:len(bytes)-1]
	}
	return set(bytes)
}

// numbers has them in ascending order.
func (s set) numbers() iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := range len(s) {
			for b := s[at]; b != 0; b &= b - 1 {
				if !yield(at*8 + bits.TrailingZeros8(b)) {
					return
				}
			}
		}
	}
}
