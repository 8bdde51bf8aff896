import t from 'tap'
import { median, medianRatio, shuffled } from '../../bench/statistics.ts'

t.test('median', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 3, 2]), 2.5)
  t.equal(median([7]), 7)
  t.ok(Number.isNaN(median([])), 'no values have no median')
})

t.test('median does not reorder its argument', async (t) => {
  const values = [3, 1, 2]
  median(values)
  t.same(values, [3, 1, 2])
})

t.test('medianRatio compares round by round', async (t) => {
  // The machine was ten times slower in the second round: medians would say 500 / 1000.
  const base = rounds(1000, 100, 1000)
  const values = rounds(500, 25, 500)
  t.equal(medianRatio(values, base), 0.5)
  t.equal(medianRatio(rounds(250, 50, 400), base), 0.4)
})

t.test('medianRatio leaves out rounds that only one side has', async (t) => {
  t.equal(medianRatio([{ round: 2, value: 50 }], rounds(1000, 100, 1000)), 0.5)
  t.equal(medianRatio(rounds(1, 2), []), undefined)
})

t.test('shuffled keeps every item and does not change its argument', async (t) => {
  const items = [1, 2, 3, 4, 5, 6]
  const shuffledOnce = shuffled(items)
  t.same(items, [1, 2, 3, 4, 5, 6])
  t.same(
    [...shuffledOnce].sort((a, b) => a - b),
    items,
  )
  t.same(
    shuffled([1, 2, 3], () => 0),
    [2, 3, 1],
    'the order follows the random numbers',
  )
})

function rounds(...values: number[]) {
  return values.map((value, index) => ({ round: index + 1, value }))
}
