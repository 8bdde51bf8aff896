import type { ApiAnswer } from './real-prometheus.ts'

interface ApiSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

/**
 * What is different between two answers; undefined when they are the same, numbers to 1e-9.
 *
 * @param inOrder whether series must come in the same order
 */
export function difference(real: ApiAnswer, own: ApiAnswer, inOrder: boolean): string | undefined {
  if (real.status !== own.status) return `${outline(real)} versus ${outline(own)}`
  if (real.status === 'error' || real.data === undefined || own.data === undefined) return undefined
  if (real.data.resultType !== own.data.resultType) return `${real.data.resultType} versus ${own.data.resultType}`
  if (real.data.resultType === 'scalar' || real.data.resultType === 'string')
    return differentPoints([real.data.result as [number, string]], [own.data.result as [number, string]])
  return differentSeries(real.data.result as ApiSeries[], own.data.result as ApiSeries[], inOrder)
}

function outline({ status, error, data }: ApiAnswer): string {
  return status === 'error'
    ? `the error "${error}"`
    : `a ${data?.resultType} ${JSON.stringify(data?.result).slice(0, 300)}`
}

function differentSeries(real: readonly ApiSeries[], own: readonly ApiSeries[], inOrder: boolean): string | undefined {
  if (real.length !== own.length)
    return `${real.length} series versus ${own.length}: ${names(real)} versus ${names(own)}`
  if (inOrder) {
    const values = (series: readonly ApiSeries[]) => series.map(({ value }) => value as [number, string])
    return differentPoints(values(real), values(own))
  }
  const byLabels = new Map(own.map((series) => [nameOf(series), series]))
  for (const series of real) {
    const same = byLabels.get(nameOf(series))
    if (same === undefined) return `no series ${nameOf(series)} in ${names(own)}`
    const found = differentPoints(pointsOf(series), pointsOf(same))
    if (found !== undefined) return `${nameOf(series)}: ${found}`
  }
  return undefined
}

function pointsOf({ value, values }: ApiSeries): readonly (readonly [number, string])[] {
  return values ?? [value as [number, string]]
}

function nameOf({ metric }: ApiSeries): string {
  return JSON.stringify(Object.entries(metric).sort())
}

function names(series: readonly ApiSeries[]): string {
  return series.map(nameOf).join(' ').slice(0, 400)
}

function differentPoints(
  real: readonly (readonly [number, string])[],
  own: readonly (readonly [number, string])[],
): string | undefined {
  if (real.length !== own.length) return `${real.length} samples versus ${own.length}`
  const at = real.findIndex(([time, value], i) => time !== own[i]?.[0] || !isSame(value, own[i]?.[1] as string))
  return at === -1 ? undefined : `sample ${at} is ${real[at]} versus ${own[at]}`
}

function isSame(real: string, own: string): boolean {
  if (real === own) return true
  const [a, b] = [Number(real), Number(own)]
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
}
