/*
 * The kernel of services/kernel/assembly in C with SSE 4.2 intrinsics: what the same code costs
 * without WebAssembly, but for the counters of changes, which it leaves alone. It works on an image of the kernel's memory, with the records of
 * services/kernel/memory-layout.ts, and is compiled by test/bench/native-kernel.ts, which gives the
 * offsets as definitions:
 *
 *   cc -O3 -fno-strict-aliasing -msse4.2 -mpopcnt -D BLOCK_STRIDE=0 … kernel.c
 *   a.out IMAGE BLOCK SCRATCH JOBS JOB_COUNT SEED TICK TICKS RESULT
 *
 * It ticks the block that often, each time after the copies, prints the CPU nanoseconds that each
 * tick took (without the copies), and writes the image to RESULT.
 */
#include <nmmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t i32;
typedef __m128i v128;

static u8 *memory;

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))

INLINE u32 word(u32 record, u32 offset) { return *(const u32 *)(memory + record + offset); }
INLINE u8 *at(u32 record, u32 offset) { return memory + word(record, offset); }
INLINE v128 load(const void *p) { return _mm_loadu_si128((const v128 *)p); }
INLINE void save(void *p, v128 v) { _mm_storeu_si128((v128 *)p, v); }
INLINE v128 constant(u32 scratch, u32 offset) { return load(memory + scratch + offset); }
INLINE int any(v128 v) { return !_mm_testz_si128(v, v); }
INLINE v128 andnot(v128 a, v128 b) { return _mm_andnot_si128(b, a); }
INLINE v128 geU16(v128 a, v128 b) { return _mm_cmpeq_epi16(_mm_max_epu16(a, b), a); }
INLINE v128 negative(v128 bytes) { return _mm_cmpgt_epi8(_mm_setzero_si128(), bytes); }
INLINE v128 lowU8(v128 v) { return _mm_cvtepu8_epi16(v); }
INLINE v128 highU8(v128 v) { return _mm_unpackhi_epi8(v, _mm_setzero_si128()); }

/* ---- random.ts */

INLINE u32 mix(u32 z) {
  z ^= z >> 16;
  z *= 0x7feb352du;
  z ^= z >> 15;
  z *= 0x846ca68bu;
  return z ^ (z >> 16);
}

INLINE v128 mixVector(v128 z) {
  z = _mm_xor_si128(z, _mm_srli_epi32(z, 16));
  z = _mm_mullo_epi32(z, _mm_set1_epi32(0x7feb352d));
  z = _mm_xor_si128(z, _mm_srli_epi32(z, 15));
  z = _mm_mullo_epi32(z, _mm_set1_epi32((int)0x846ca68bu));
  return _mm_xor_si128(z, _mm_srli_epi32(z, 16));
}

INLINE v128 columnKeys(const u8 *x, v128 ofTick) {
  v128 spread = _mm_mullo_epi32(load(x), _mm_set1_epi32((int)0x9e3779b9u));
  return mixVector(_mm_add_epi32(ofTick, spread));
}

NOINLINE void setKeys(u32 block, u32 scratch, u32 seed, u32 tick) {
  const u32 stride = word(block, BLOCK_STRIDE), rows = word(block, BLOCK_ROWS);
  const u32 columnTickKey = mix(seed ^ ((tick + 1) * 0x85ebca6bu));
  const u32 rowTickKey = mix(columnTickKey ^ 0x5bd1e995u);
  const u8 *x = at(block, BLOCK_COLUMN_X);
  u8 *keys = at(scratch, COLUMN_KEYS), *vectors = at(scratch, COLUMN_VECTORS);
  const v128 ofTick = _mm_set1_epi32((int)columnTickKey), lowHalf = _mm_set1_epi32(0xffff);
  for (u32 i = 0; i < stride; i += 8) {
    const v128 a = columnKeys(x + 4 * i, ofTick), b = columnKeys(x + 4 * i + 16, ofTick);
    save(keys + 4 * i, a);
    save(keys + 4 * i + 16, b);
    u8 *halves = vectors + i / 16 * COLUMN_VECTOR_BYTES + i % 16 * 2;
    save(halves + COLUMN_LOW, _mm_packus_epi32(_mm_and_si128(a, lowHalf), _mm_and_si128(b, lowHalf)));
    save(halves + COLUMN_HIGH, _mm_packus_epi32(_mm_srli_epi32(a, 16), _mm_srli_epi32(b, 16)));
  }
  const u32 *y = (const u32 *)at(block, BLOCK_ROW_Y);
  u32 *rowKeys = (u32 *)at(scratch, ROW_KEYS);
  for (u32 i = 0; i < rows; i++) rowKeys[i] = mix(rowTickKey + y[i] * 0xc2b2ae35u);
}

/* ---- scratch.ts */

enum {
  COST_PER_SIZE, EAT_PER_SIZE, COST_IF_CAN_KILL, COST_IF_CAN_MOVE, MUTATION_END, DEATH_END,
  BREED_PER_SIZE, BREED_BASE, KILL_END, KILL_GAIN, MAX_FOOD, MAX_HEALTH, MAX_SIZE, COLOUR_SHIFT
};

INLINE u32 rule(u32 scratch, u32 index) { return word(scratch, RULE_WORDS + 4 * index); }
INLINE v128 ruleVector(u32 scratch, u32 index) {
  return constant(scratch, RULE_VECTORS + 16 * index);
}
INLINE u8 *ringRow(u8 *ring, u32 stride, i32 row) {
  return ring + 16 + (u32)(row & 7) * (stride + 16);
}

NOINLINE void setRules(u32 scratch) {
  for (u32 i = 0; i < RULE_COUNT; i++)
    save(memory + scratch + RULE_VECTORS + 16 * i, _mm_set1_epi16((short)rule(scratch, i)));
  const u32 end = rule(scratch, DEATH_END) + rule(scratch, MUTATION_END);
  save(memory + scratch + RULE_VECTORS + 16 * MUTATION_END,
       _mm_set1_epi16((short)(end < 65535 ? end : 65535)));
  const u32 kill = rule(scratch, COST_IF_CAN_KILL), move = rule(scratch, COST_IF_CAN_MOVE);
  u8 *costs = memory + scratch + TRAIT_COSTS;
  memset(costs, 0, 16);
  costs[1] = (u8)kill;
  costs[2] = (u8)move;
  costs[3] = (u8)(kill + move);
}

/* ---- live.ts */

NOINLINE void liveRow(u32 block, u32 scratch, i32 row) {
  const u32 stride = word(block, BLOCK_STRIDE), first = (u32)row * stride;
  u8 *food = at(block, BLOCK_FOOD) + 2 * (size_t)first;
  u8 *health = at(block, BLOCK_HEALTH) + 2 * (size_t)first;
  u8 *extraFood = at(block, BLOCK_EXTRA_FOOD) + first, *traits = at(block, BLOCK_TRAITS) + first;
  u8 *size = at(block, BLOCK_SIZE) + first;
  u8 *action = ringRow(at(scratch, ACTION_RING), stride, row);
  u8 *rank = ringRow(at(scratch, RANK_RING), stride, row);
  const u8 *columns = at(scratch, COLUMN_VECTORS);
  const u32 rowKey = ((const u32 *)at(scratch, ROW_KEYS))[row];
  const v128 rowLow = _mm_set1_epi16((short)rowKey), rowHigh = _mm_set1_epi16((short)(rowKey >> 16));
  const v128 zero = _mm_setzero_si128(), maxFood = ruleVector(scratch, MAX_FOOD);

  for (u32 x = 0; x < stride; x += 16, columns += COLUMN_VECTOR_BYTES) {
    const v128 sizes = load(size + x), growth = load(extraFood + x);
    const v128 grown0 = _mm_min_epu16(_mm_add_epi16(load(food + 2 * x), lowU8(growth)), maxFood);
    const v128 grown1 =
        _mm_min_epu16(_mm_add_epi16(load(food + 2 * x + 16), highU8(growth)), maxFood);
    v128 u0 = _mm_add_epi16(load(columns + COLUMN_LOW), rowLow);
    v128 u1 = _mm_add_epi16(load(columns + COLUMN_LOW + 16), rowLow);
    v128 w0 = _mm_xor_si128(load(columns + COLUMN_HIGH), rowHigh);
    v128 w1 = _mm_xor_si128(load(columns + COLUMN_HIGH + 16), rowHigh);
    const v128 firstMultiplier = constant(scratch, FIRST_MULTIPLIER);
    u0 = _mm_mullo_epi16(_mm_xor_si128(u0, _mm_srli_epi16(u0, 7)), firstMultiplier);
    u1 = _mm_mullo_epi16(_mm_xor_si128(u1, _mm_srli_epi16(u1, 7)), firstMultiplier);
    w0 = _mm_add_epi16(w0, u0);
    w1 = _mm_add_epi16(w1, u1);
    const v128 secondMultiplier = constant(scratch, SECOND_MULTIPLIER);
    w0 = _mm_mullo_epi16(_mm_xor_si128(w0, _mm_srli_epi16(w0, 7)), secondMultiplier);
    w1 = _mm_mullo_epi16(_mm_xor_si128(w1, _mm_srli_epi16(w1, 7)), secondMultiplier);
    const v128 sevens = constant(scratch, SEVENS);
    const v128 picks = _mm_packus_epi16(_mm_and_si128(w0, sevens), _mm_and_si128(w1, sevens));

    if (!any(sizes)) {
      save(food + 2 * x, grown0);
      save(food + 2 * x + 16, grown1);
      save(action + x, picks);
      save(rank + x, constant(scratch, BLANK_RANK));
      continue;
    }
    const v128 size0 = lowU8(sizes), size1 = highU8(sizes);
    const v128 eatPerSize = ruleVector(scratch, EAT_PER_SIZE);
    const v128 eaten0 = _mm_min_epu16(_mm_mullo_epi16(size0, eatPerSize), grown0);
    const v128 eaten1 = _mm_min_epu16(_mm_mullo_epi16(size1, eatPerSize), grown1);
    save(food + 2 * x, _mm_sub_epi16(grown0, eaten0));
    save(food + 2 * x + 16, _mm_sub_epi16(grown1, eaten1));

    const v128 abilities = load(traits + x);
    const v128 traitCosts = _mm_shuffle_epi8(constant(scratch, TRAIT_COSTS), abilities);
    const v128 costPerSize = ruleVector(scratch, COST_PER_SIZE);
    const v128 cost0 = _mm_add_epi16(_mm_mullo_epi16(size0, costPerSize), lowU8(traitCosts));
    const v128 cost1 = _mm_add_epi16(_mm_mullo_epi16(size1, costPerSize), highU8(traitCosts));
    const v128 maxHealth = ruleVector(scratch, MAX_HEALTH);
    const v128 health0 = _mm_subs_epu16(
        _mm_min_epu16(_mm_adds_epu16(load(health + 2 * x), eaten0), maxHealth), cost0);
    const v128 health1 = _mm_subs_epu16(
        _mm_min_epu16(_mm_adds_epu16(load(health + 2 * x + 16), eaten1), maxHealth), cost1);
    save(health + 2 * x, health0);
    save(health + 2 * x + 16, health1);

    const v128 breedPerSize = ruleVector(scratch, BREED_PER_SIZE);
    const v128 breedBase = ruleVector(scratch, BREED_BASE);
    const v128 ready = _mm_packs_epi16(
        geU16(health0, _mm_adds_epu16(_mm_mullo_epi16(size0, breedPerSize), breedBase)),
        geU16(health1, _mm_adds_epu16(_mm_mullo_epi16(size1, breedPerSize), breedBase)));
    const v128 byte0 = _mm_srli_epi16(w0, 8), byte1 = _mm_srli_epi16(w1, 8);
    u0 = _mm_add_epi16(_mm_xor_si128(u0, byte0), w0);
    u1 = _mm_add_epi16(_mm_xor_si128(u1, byte1), w1);
    const v128 deathEnd = ruleVector(scratch, DEATH_END);
    const v128 living = _mm_and_si128(
        sizes, _mm_packs_epi16(andnot(geU16(u0, deathEnd), _mm_cmpeq_epi16(health0, zero)),
                               andnot(geU16(u1, deathEnd), _mm_cmpeq_epi16(health1, zero))));
    save(size + x, living);
    save(rank + x, _mm_add_epi8(living, constant(scratch, BLANK_RANK)));

    const v128 mutationEnd = ruleVector(scratch, MUTATION_END);
    const v128 unmutated = _mm_packs_epi16(geU16(u0, mutationEnd), geU16(u1, mutationEnd));
    const v128 killEnd = ruleVector(scratch, KILL_END);
    const v128 killDraw =
        _mm_packs_epi16(_mm_cmpgt_epi16(killEnd, byte0), _mm_cmpgt_epi16(killEnd, byte1));
    const v128 canKill = negative(_mm_slli_epi16(abilities, 7));
    const v128 canMove = negative(_mm_slli_epi16(abilities, 6));
    v128 bits = _mm_add_epi8(_mm_add_epi8(ready, ready), _mm_and_si128(killDraw, canKill));
    bits = _mm_add_epi8(_mm_add_epi8(bits, bits), canMove);
    bits = _mm_add_epi8(_mm_add_epi8(bits, bits), _mm_xor_si128(unmutated, _mm_set1_epi8(-1)));
    const v128 may = _mm_slli_epi16(_mm_sub_epi8(zero, bits), 4);
    save(action + x, _mm_or_si128(andnot(may, _mm_cmpeq_epi8(living, zero)), picks));
  }
}

/* ---- pick.ts */

INLINE v128 withDirection(v128 mask, v128 isSet) {
  return _mm_add_epi8(_mm_add_epi8(mask, mask), isSet);
}

INLINE v128 chooseHalf(v128 mask, v128 lowerHalf, v128 wantsUpper) {
  const v128 zero = _mm_setzero_si128();
  const v128 lower = _mm_and_si128(mask, lowerHalf), upper = _mm_xor_si128(mask, lower);
  const v128 takesUpper =
      _mm_or_si128(_mm_cmpeq_epi8(lower, zero), andnot(wantsUpper, _mm_cmpeq_epi8(upper, zero)));
  return _mm_and_si128(mask, _mm_xor_si128(takesUpper, lowerHalf));
}

INLINE v128 pickVector(u32 scratch, v128 mask, v128 action) {
  mask = chooseHalf(mask, constant(scratch, LOWER_HALVES), negative(_mm_slli_epi16(action, 5)));
  mask = chooseHalf(mask, constant(scratch, LOWER_HALVES + 16), negative(_mm_slli_epi16(action, 6)));
  return chooseHalf(mask, constant(scratch, LOWER_HALVES + 32), negative(_mm_slli_epi16(action, 7)));
}

/* ---- intend.ts */

INLINE v128 haveColour(const u8 *colour, v128 own0, v128 own1, v128 own2, v128 own3) {
  return _mm_packs_epi16(_mm_packs_epi32(_mm_cmpeq_epi32(load(colour), own0),
                                         _mm_cmpeq_epi32(load(colour + 16), own1)),
                         _mm_packs_epi32(_mm_cmpeq_epi32(load(colour + 32), own2),
                                         _mm_cmpeq_epi32(load(colour + 48), own3)));
}

INLINE v128 haveMoreFood(const u8 *food, v128 own0, v128 own1) {
  return _mm_packs_epi16(_mm_cmpgt_epi16(load(food), own0), _mm_cmpgt_epi16(load(food + 16), own1));
}

/* Asks in all directions, NE first, and gives the mask. */
#define IN_ALL_DIRECTIONS(ask, above, here, below, step)  \
  v128 mask = ask((above) + (step));                      \
  mask = withDirection(mask, ask((below) - (step)));      \
  mask = withDirection(mask, ask((above) - (step)));      \
  mask = withDirection(mask, ask((below) + (step)));      \
  mask = withDirection(mask, ask(above));                 \
  mask = withDirection(mask, ask(below));                 \
  mask = withDirection(mask, ask((here) - (step)));       \
  mask = withDirection(mask, ask((here) + (step)));       \
  return _mm_sub_epi8(_mm_setzero_si128(), mask)

INLINE v128 blankNeighbours(u32 scratch, const u8 *above, const u8 *rank, const u8 *below) {
  const v128 blank = constant(scratch, BLANK_RANK);
#define ASK(p) _mm_cmpeq_epi8(load(p), blank)
  IN_ALL_DIRECTIONS(ASK, above, rank, below, 1);
#undef ASK
}

INLINE v128 noVictims(const u8 *above, const u8 *rank, const u8 *below) {
  const v128 own = load(rank);
#define ASK(p) _mm_cmpgt_epi8(load(p), own)
  IN_ALL_DIRECTIONS(ASK, above, rank, below, 1);
#undef ASK
}

INLINE v128 kinAhead(const u8 *here, const u8 *below) {
  const v128 a = load(here), b = load(here + 16), c = load(here + 32), d = load(here + 48);
  v128 mask = haveColour(below - 4, a, b, c, d);
  mask = withDirection(_mm_add_epi8(mask, mask), haveColour(below + 4, a, b, c, d));
  mask = withDirection(_mm_add_epi8(mask, mask), haveColour(below, a, b, c, d));
  mask = withDirection(_mm_add_epi8(mask, mask), haveColour(here + 4, a, b, c, d));
  return _mm_sub_epi8(_mm_setzero_si128(), mask);
}

INLINE v128 kinBehind(u32 scratch, v128 kinOfWest, const u8 *kinAbove) {
  const v128 east = constant(scratch, DIRECTION_VECTORS);
  const v128 south = constant(scratch, DIRECTION_VECTORS + 32);
  const v128 southEast = constant(scratch, DIRECTION_VECTORS + 64);
  const v128 southWest = constant(scratch, DIRECTION_VECTORS + 96);
  const v128 opposite = _mm_or_si128(_mm_or_si128(_mm_and_si128(kinOfWest, east),
                                                  _mm_and_si128(load(kinAbove), south)),
                                     _mm_or_si128(_mm_and_si128(load(kinAbove - 1), southEast),
                                                  _mm_and_si128(load(kinAbove + 1), southWest)));
  return _mm_add_epi8(opposite, opposite);
}

NOINLINE void findKin(u32 block, u32 scratch, i32 row) {
  const u32 stride = word(block, BLOCK_STRIDE);
  const u8 *colour = at(block, BLOCK_COLOUR) + 4 * (size_t)((u32)row * stride);
  u8 *kin = ringRow(at(scratch, KIN_RING), stride, row);
  for (u32 x = 0; x < stride; x += 16)
    save(kin + x, kinAhead(colour + 4 * x, colour + 4 * (size_t)(stride + x)));
}

INLINE v128 richer(const u8 *food, size_t rowBytes) {
  const v128 own0 = load(food), own1 = load(food + 16);
#define ASK(p) haveMoreFood(p, own0, own1)
  IN_ALL_DIRECTIONS(ASK, food - rowBytes, food, food + rowBytes, 2);
#undef ASK
}

NOINLINE void intendRow(u32 block, u32 scratch, i32 row) {
  const u32 stride = word(block, BLOCK_STRIDE), first = (u32)row * stride;
  const u8 *colour = at(block, BLOCK_COLOUR) + 4 * (size_t)first;
  const u8 *food = at(block, BLOCK_FOOD) + 2 * (size_t)first;
  u8 *ranks = at(scratch, RANK_RING);
  const u8 *rank = ringRow(ranks, stride, row);
  const u8 *above = ringRow(ranks, stride, row - 1), *below = ringRow(ranks, stride, row + 1);
  const u8 *action = ringRow(at(scratch, ACTION_RING), stride, row);
  u8 *intent = ringRow(at(scratch, INTENT_RING), stride, row);
  u8 *kin = ringRow(at(scratch, KIN_RING), stride, row);
  const u8 *kinAbove = ringRow(at(scratch, KIN_RING), stride, row - 1);
  const v128 zero = _mm_setzero_si128();
  v128 lastAhead = zero;
  for (u32 x = 0; x < stride; x += 16) {
    const v128 ahead = kinAhead(colour + 4 * x, colour + 4 * (size_t)(stride + x));
    save(kin + x, ahead);
    const v128 ofWest = _mm_alignr_epi8(ahead, lastAhead, 15);
    lastAhead = ahead;
    const v128 actions = load(action + x);
    if (!any(_mm_and_si128(actions, constant(scratch, MAY_BITS)))) {
      save(intent + x, zero);
      continue;
    }
    const v128 triesToKill = negative(_mm_add_epi8(actions, actions));
    v128 prey = zero;
    if (any(triesToKill)) {
      prey = andnot(triesToKill, noVictims(above + x, rank + x, below + x));
      prey = andnot(prey, _mm_or_si128(ahead, kinBehind(scratch, ofWest, kinAbove + x)));
    }
    const v128 ready = negative(actions);
    const v128 moves = andnot(negative(_mm_slli_epi16(actions, 2)), ready);
    v128 room = _mm_and_si128(_mm_and_si128(blankNeighbours(scratch, above + x, rank + x, below + x),
                                            _mm_or_si128(ready, moves)),
                              _mm_cmpeq_epi8(prey, zero));
    if (any(moves))
      room = _mm_and_si128(room, _mm_or_si128(ready, richer(food + 2 * x, 2 * (size_t)stride)));
    save(intent + x, pickVector(scratch, _mm_or_si128(prey, room), actions));
  }
}

/* ---- resolve.ts */

enum { KILLED = 8 };

INLINE u32 listBytes(u32 stride) { return 2 * stride + EVENT_SLACK_BYTES; }
INLINE u8 *claimList(u32 scratch, u32 stride, i32 row) {
  return at(scratch, EVENTS) + (u32)(row & 1) * 2 * listBytes(stride);
}
INLINE u8 *killList(u32 scratch, u32 stride, i32 row) {
  return claimList(scratch, stride, row) + listBytes(stride);
}
INLINE v128 aimed(const u8 *intent, v128 direction) {
  return _mm_and_si128(load(intent), direction);
}
INLINE u8 *append(u8 *list, const u8 *table, v128 eights, u32 bits, u32 column) {
  const v128 columns = _mm_set1_epi16((short)column);
  save(list, _mm_add_epi16(load(table + ((bits & 255) << 4)), columns));
  list += 2 * _mm_popcnt_u32(bits & 255);
  save(list, _mm_add_epi16(load(table + ((bits >> 8) << 4)), _mm_add_epi16(columns, eights)));
  return list + 2 * _mm_popcnt_u32(bits >> 8);
}

NOINLINE u32 resolveRow(u32 block, u32 scratch, i32 row) {
  const u32 stride = word(block, BLOCK_STRIDE);
  u8 *intents = at(scratch, INTENT_RING);
  const u8 *here = ringRow(intents, stride, row), *above = ringRow(intents, stride, row - 1);
  const u8 *below = ringRow(intents, stride, row + 1);
  u8 *grant = ringRow(at(scratch, GRANT_RING), stride, row);
  u8 *action = ringRow(at(scratch, ACTION_RING), stride, row);
  const u8 *rank = ringRow(at(scratch, RANK_RING), stride, row);
  const u8 *table = at(scratch, COMPRESS_TABLE);
  u8 *const claims = claimList(scratch, stride, row), *const kills = killList(scratch, stride, row);
  u8 *claim = claims, *kill = kills;
  const v128 lookEast = constant(scratch, DIRECTION_VECTORS + 0);
  const v128 lookWest = constant(scratch, DIRECTION_VECTORS + 16);
  const v128 lookSouth = constant(scratch, DIRECTION_VECTORS + 32);
  const v128 lookNorth = constant(scratch, DIRECTION_VECTORS + 48);
  const v128 lookSouthEast = constant(scratch, DIRECTION_VECTORS + 64);
  const v128 lookNorthWest = constant(scratch, DIRECTION_VECTORS + 80);
  const v128 lookSouthWest = constant(scratch, DIRECTION_VECTORS + 96);
  const v128 lookNorthEast = constant(scratch, DIRECTION_VECTORS + 112);
  const v128 zero = _mm_setzero_si128(), eights = constant(scratch, EIGHTS);
  for (u32 x = 0; x < stride; x += 16) {
    v128 mask = _mm_or_si128(
        _mm_or_si128(_mm_or_si128(aimed(here + x + 1, lookWest), aimed(here + x - 1, lookEast)),
                     _mm_or_si128(aimed(below + x, lookNorth), aimed(above + x, lookSouth))),
        _mm_or_si128(
            _mm_or_si128(aimed(below + x + 1, lookNorthWest), aimed(above + x - 1, lookSouthEast)),
            _mm_or_si128(aimed(below + x - 1, lookNorthEast), aimed(above + x + 1, lookSouthWest))));
    const v128 unclaimed = _mm_cmpeq_epi8(mask, zero);
    const u32 claimed = (u32)_mm_movemask_epi8(unclaimed) ^ 0xffff;
    if (claimed == 0) {
      save(grant + x, mask);
      continue;
    }
    const v128 actions = load(action + x);
    mask = pickVector(scratch, mask, actions);
    save(grant + x, mask);
    const v128 blank = _mm_cmpeq_epi8(load(rank + x), constant(scratch, BLANK_RANK));
    const v128 survives = _mm_or_si128(unclaimed, blank);
    save(action + x, _mm_or_si128(actions, andnot(lookNorth, survives)));
    const u32 peaceful = (u32)_mm_movemask_epi8(blank) & claimed;
    claim = append(claim, table, eights, peaceful, x);
    kill = append(kill, table, eights, claimed ^ peaceful, x);
  }
  return (u32)((claim - claims) >> 1) | (u32)((kill - kills) >> 1) << 16;
}

/* ---- commit.ts */

typedef struct {
  i32 cell;
  u32 action;
} Step;

INLINE void setStep(Step *steps, u32 scratch, u32 stride, i32 row, int direction, i32 stepX,
                    i32 stepY) {
  steps[direction].cell = -(stepY * (i32)stride + stepX);
  const u8 *actions = ringRow(at(scratch, ACTION_RING), stride, row - stepY);
  steps[direction].action = (u32)(actions - memory) - (u32)stepX;
}

static u32 shiftChannel(u32 channel, u32 byte, i32 shift) {
  const i32 shifted = (i32)channel + ((i32)(byte * (u32)(2 * shift + 1)) >> 8) - shift;
  return (u32)(shifted < 0 ? 0 : shifted > 255 ? 255 : shifted);
}

NOINLINE void mutate(u32 block, u32 scratch, u32 child, u32 draw) {
  u8 *size = at(block, BLOCK_SIZE) + child, *traits = at(block, BLOCK_TRAITS) + child;
  u32 *colour = (u32 *)at(block, BLOCK_COLOUR) + child;
  const u32 kind = (draw >> 16) & 3;
  if (kind == 0) {
    if (*size < rule(scratch, MAX_SIZE)) ++*size;
  } else if (kind == 1) {
    if (*size > 1) --*size;
  } else {
    *traits ^= (u8)(kind - 1);
  }
  const i32 shift = (i32)rule(scratch, COLOUR_SHIFT);
  const u32 bytes = mix(draw), old = *colour;
  const u32 red = shiftChannel(old >> 16, bytes & 255, shift);
  const u32 green = shiftChannel((old >> 8) & 255, (bytes >> 8) & 255, shift);
  const u32 blue = shiftChannel(old & 255, (bytes >> 16) & 255, shift);
  const u32 shifted = red << 16 | green << 8 | blue;
  *colour = shifted == old ? old ^ 256 : shifted;
}

NOINLINE void commitRow(u32 block, u32 scratch, i32 row, u32 events, u32 tick) {
  if (events == 0) return;
  const u32 stride = word(block, BLOCK_STRIDE), first = (u32)row * stride;
  Step *steps = (Step *)(memory + scratch + STEPS);
  setStep(steps, scratch, stride, row, 1, 1, 0);
  setStep(steps, scratch, stride, row, 2, -1, 0);
  setStep(steps, scratch, stride, row, 4, 0, 1);
  setStep(steps, scratch, stride, row, 8, 0, -1);
  setStep(steps, scratch, stride, row, 16, 1, 1);
  setStep(steps, scratch, stride, row, 32, -1, -1);
  setStep(steps, scratch, stride, row, 64, -1, 1);
  setStep(steps, scratch, stride, row, 128, 1, -1);
  u8 *size = at(block, BLOCK_SIZE), *traits = at(block, BLOCK_TRAITS);
  u16 *health = (u16 *)at(block, BLOCK_HEALTH), *birth = (u16 *)at(block, BLOCK_BIRTH);
  u32 *colour = (u32 *)at(block, BLOCK_COLOUR), *lineage = (u32 *)at(block, BLOCK_LINEAGE);
  const u8 *grant = ringRow(at(scratch, GRANT_RING), stride, row);
  u16 *const kills = (u16 *)killList(scratch, stride, row);
  const u32 killGain = rule(scratch, KILL_GAIN), maxHealth = rule(scratch, MAX_HEALTH);

  for (const u16 *entry = kills, *end = kills + (events >> 16); entry < end; entry++) {
    const u32 column = *entry, target = first + column;
    const Step *step = steps + grant[column];
    size[target] = 0;
    if (memory[step->action + column] & KILLED) continue;
    const u32 claimant = target + (u32)step->cell;
    const u32 gained = health[claimant] + ((health[target] * killGain) >> 8);
    health[claimant] = (u16)(gained < maxHealth ? gained : maxHealth);
  }

  u16 *mutant = kills;
  const u16 *claims = (const u16 *)claimList(scratch, stride, row);
  for (const u16 *entry = claims, *end = claims + (events & 0xffff); entry < end; entry++) {
    const u32 column = *entry, target = first + column;
    const Step *step = steps + grant[column];
    const u32 action = memory[step->action + column];
    if (action & KILLED) continue;
    if ((action & 0x90) == 0x90) *mutant++ = (u16)column;
    const u32 claimant = target + (u32)step->cell, isKept = 0u - (action >> 7);
    const u32 oldHealth = health[claimant], kept = ((oldHealth + 1) >> 1) & isKept;
    health[target] = (u16)(oldHealth - kept);
    health[claimant] = (u16)kept;
    const u32 oldBirth = birth[claimant];
    birth[target] = (u16)(oldBirth ^ ((oldBirth ^ tick) & isKept));
    const u32 oldSize = size[claimant];
    size[target] = (u8)oldSize;
    size[claimant] = (u8)(oldSize & isKept);
    traits[target] = traits[claimant];
    lineage[target] = lineage[claimant];
    colour[target] = colour[claimant];
  }

  const u32 *columns = (const u32 *)at(scratch, COLUMN_KEYS);
  const u32 rowKey = ((const u32 *)at(scratch, ROW_KEYS))[row];
  for (const u16 *entry = kills; entry < mutant; entry++)
    mutate(block, scratch, first + *entry, mix((rowKey + columns[*entry]) ^ 0xa511e9b3u));
}

/* ---- tick.ts */

static void clearRow(u8 *ring, u32 stride, i32 row) { memset(ringRow(ring, stride, row), 0, stride); }

static void clearGaps(u8 *ring, u32 stride) {
  for (u32 row = 0; row <= RING_ROWS; row++) memset(ring + row * (stride + 16), 0, 16);
}

static void tickBlock(u32 block, u32 scratch, u32 seed, u32 tick) {
  setRules(scratch);
  setKeys(block, scratch, seed, tick);
  const u32 stride = word(block, BLOCK_STRIDE);
  const i32 last = (i32)word(block, BLOCK_ROWS) - 1;
  u8 *intents = at(scratch, INTENT_RING);
  clearGaps(intents, stride);
  clearRow(intents, stride, 0);
  u32 events = 0;
  liveRow(block, scratch, 0);
  findKin(block, scratch, 0);
  for (i32 row = 1; row <= last + 2; row++) {
    if (row <= last) liveRow(block, scratch, row);
    if (row - 1 >= 1 && row - 1 < last) {
      intendRow(block, scratch, row - 1);
    } else if (row - 1 == last) {
      clearRow(intents, stride, last);
    }
    const u32 resolved = row - 2 >= 1 && row - 2 < last ? resolveRow(block, scratch, row - 2) : 0;
    if (row - 3 >= 1) commitRow(block, scratch, row - 3, events, tick & 0xffff);
    events = resolved;
  }
}

/* ---- copy.ts */

static void copy(u32 jobs, u32 count) {
  for (u32 job = jobs; job < jobs + count * COPY_JOB_BYTES; job += COPY_JOB_BYTES) {
    u8 *target = at(job, COPY_TARGET);
    const u8 *source = at(job, COPY_SOURCE);
    for (u32 rows = word(job, COPY_ROWS); rows > 0; rows--) {
      memcpy(target, source, word(job, COPY_ROW_BYTES));
      target += word(job, COPY_TARGET_STRIDE);
      source += word(job, COPY_SOURCE_STRIDE);
    }
  }
}

static double cpuNs(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static u32 number(const char *text) { return (u32)strtoul(text, NULL, 10); }

int main(int argc, char **argv) {
  if (argc != 10) {
    fprintf(stderr, "usage: %s IMAGE BLOCK SCRATCH JOBS JOB_COUNT SEED TICK TICKS RESULT\n", argv[0]);
    return 2;
  }
  FILE *file = fopen(argv[1], "rb");
  if (!file || fseek(file, 0, SEEK_END)) return perror(argv[1]), 1;
  const size_t bytes = (size_t)ftell(file);
  rewind(file);
  memory = aligned_alloc(4096, (bytes + 4096 + 4095) / 4096 * 4096);
  if (!memory || fread(memory, 1, bytes, file) != bytes) return perror(argv[1]), 1;
  fclose(file);
  const u32 block = number(argv[2]), scratch = number(argv[3]), jobs = number(argv[4]);
  const u32 jobCount = number(argv[5]), seed = number(argv[6]), tick = number(argv[7]);
  const u32 ticks = number(argv[8]);
  for (u32 t = tick; t < tick + ticks; t++) {
    copy(jobs, jobCount);
    const double started = cpuNs();
    tickBlock(block, scratch, seed, t);
    printf("%.0f\n", cpuNs() - started);
  }
  file = fopen(argv[9], "wb");
  if (!file || fwrite(memory, 1, bytes, file) != bytes || fclose(file)) return perror(argv[9]), 1;
  return 0;
}
