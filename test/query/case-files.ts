import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { Labels } from '../../query/series/labels.ts'
import { SeriesStore } from '../../query/series/store.ts'

const FOLDER = fileURLToPath(new URL('../../../test/query/cases', import.meta.url))

/** One case of a file in [cases](cases); its README says what may be in it. */
export interface QueryCase {
  readonly name: string
  /** Values by series, as written. */
  readonly samples?: Readonly<Record<string, string>>
  readonly every?: number
  readonly query: string
  readonly at?: number
  readonly range?: { readonly from: number; readonly to: number; readonly step: number }
  readonly gives?: number | string | Readonly<Record<string, number | string>>
  readonly fails?: string
  readonly warns?: string
  readonly informs?: string
}

/** All cases, by the name of their file. */
export function queryCases(): ReadonlyMap<string, readonly QueryCase[]> {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'))
  return new Map(files.map((name) => [name, parse(readFileSync(join(FOLDER, name), 'utf8')) as QueryCase[]]))
}

export function storeOf({ samples = {}, every = 10 }: QueryCase): SeriesStore {
  const store = new SeriesStore()
  for (const [series, written] of Object.entries(samples)) {
    const labels = readSeries(series)
    valuesOf(written).forEach((value, i) => {
      const time = i * every * 1000
      if (value === 'end') store.markEnded(labels, time)
      else if (value !== '_') store.append(labels, time, toNumber(value))
    })
  }
  return store
}

/** `up{job="app"}` */
export function readSeries(text: string): Labels {
  const [, name = '', inner = ''] = /^([^{]*)(?:\{(.*)\})?$/.exec(text) ?? []
  const pairs = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, label, value]) => [label as string, JSON.parse(`"${value}"`) as string] as const,
  )
  return Labels.from([['__name__', name], ...pairs])
}

/** `0+10x3` stands for `0 10 20 30`. */
function valuesOf(written: string): string[] {
  return String(written)
    .split(/\s+/)
    .flatMap((word) => {
      const [, first, rise, times] = /^(.+?)([+-][\d.]+)x(\d+)$/.exec(word) ?? []
      if (first === undefined) return [word]
      return Array.from({ length: Number(times) + 1 }, (_, i) => String(Number(first) + i * Number(rise)))
    })
}

export function toNumber(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}
