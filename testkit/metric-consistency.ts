import { endingsOf, type Family, type Format, type Labels, type Sample, toNumber } from './metric-family.ts'

type Fail = (problem: string, sample?: Sample) => never

/**
 * Checks that the samples of a family, each of them valid, are consistent.
 *
 * @throws an error that names the family and the sample that contradicts the others or the family's type.
 */
export function checkFamily(family: Family, format: Format): void {
  const fail: Fail = (problem, sample) => {
    throw new Error(`${family.name}: ${problem}${sample === undefined ? '' : `: ${describe(sample)}`}`)
  }
  const seen = new Set<string>()
  for (const sample of family.samples) {
    const key = describe(sample)
    if (seen.has(key)) fail('a sample comes twice', sample)
    seen.add(key)
    const problem = problemOf(sample, family, format)
    if (problem !== undefined) fail(problem, sample)
  }
  if (family.type.endsWith('histogram')) checkHistogram(family, fail)
}

function problemOf({ name, labels, value, exemplar }: Sample, family: Family, format: Format): string | undefined {
  const ending = name.slice(family.name.length)
  const endings = endingsOf(family, format)
  if (!endings.includes(ending)) return `the samples of a ${family.type} end in ${endings.join(' or ')}`
  const counts = family.type === 'counter' ? ending !== '_created' : ['_bucket', '_count'].includes(ending)
  if (counts && family.type !== 'gauge' && !(value >= 0)) return 'a count is negative or NaN'
  if (ending === '_bucket' && family.type.endsWith('histogram') && labels.le === undefined) return 'a bucket without le'
  if (family.type === 'summary' && ending === '' && !isQuantile(labels.quantile)) return 'not a quantile from 0 to 1'
  if (family.type === 'info' && value !== 1) return 'an info is not 1'
  if (family.type === 'stateset' && (labels[family.name] === undefined || (value !== 0 && value !== 1)))
    return 'not a state of 0 or 1'
  if (exemplar !== undefined && ending !== '_bucket' && !(family.type === 'counter' && ending === '_total'))
    return 'an exemplar on neither a bucket nor a counter'
  if (format === 'openmetrics' && exemplar !== undefined && exemplar.value > Number(upperBound(labels)))
    return 'an exemplar above its bucket'
  return undefined
}

function isQuantile(written: string | undefined): boolean {
  return written !== undefined && toNumber(written) >= 0 && toNumber(written) <= 1
}

function upperBound(labels: Labels): number {
  return labels.le === undefined ? Infinity : toNumber(labels.le)
}

/** Per set of labels: bounds ascend, counts never decrease, +Inf exists and equals the count, and a sum exists. */
function checkHistogram(family: Family, fail: Fail): void {
  const [count, sum] = family.type === 'gaugehistogram' ? ['_gcount', '_gsum'] : ['_count', '_sum']
  for (const group of groupsOf(family)) {
    const called = (ending: string) => group.filter((sample) => sample.name === family.name + ending)
    const buckets = called('_bucket')
    buckets.forEach((bucket, index) => {
      const before = buckets[index - 1]
      if (before === undefined) return
      if (!(upperBound(before.labels) < upperBound(bucket.labels))) fail('buckets are out of order', bucket)
      if (before.value > bucket.value) fail('buckets are not cumulative', bucket)
    })
    const last = buckets.at(-1)
    if (upperBound(last?.labels ?? { le: '0' }) !== Infinity) fail('the +Inf bucket is missing', group[0])
    if (called(count)[0]?.value !== last?.value) fail(`the +Inf bucket is not ${count}`, last)
    if (called(sum).length !== 1) fail(`${sum} is missing`, last)
  }
}

function groupsOf(family: Family): Sample[][] {
  const groups = new Map<string, Sample[]>()
  for (const sample of family.samples) {
    const { le, ...labels } = sample.labels
    const key = canonical(labels)
    groups.set(key, [...(groups.get(key) ?? []), sample])
  }
  return [...groups.values()]
}

function describe({ name, labels }: Sample): string {
  return `${name}${canonical(labels)}`
}

function canonical(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}
