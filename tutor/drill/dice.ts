/** Chance that can be repeated: the same seed throws the same numbers. */
export interface Dice {
  /** A whole number from `from` to `to`, both included. */
  number(from: number, to: number): number
  pick<T>(from: readonly T[]): T
  /** The same things in another order. */
  shuffle<T>(things: readonly T[]): T[]
}

/** Mulberry32, which is small and even enough for games: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const dice: Dice = {
    number: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (from) => from[dice.number(0, from.length - 1)] as (typeof from)[number],
    shuffle(things) {
      const shuffled = [...things]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = dice.number(0, last)
        ;[shuffled[last], shuffled[other]] = [shuffled[other] as never, shuffled[last] as never]
      }
      return shuffled
    },
  }
  return dice
}
