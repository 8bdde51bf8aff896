import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { LineStore } from '../../query/lines/line-store.ts'
import { type Direction, LogEngine, type LogResult, type LogResultSeries } from '../../query/logql/engine.ts'
import { formatValue } from '../../query/promql/format-number.ts'
import { Labels } from '../../query/series/labels.ts'
import { readSeries, toNumber } from './case-files.ts'

const FOLDER = fileURLToPath(new URL('../../../test/query/logql-cases', import.meta.url))
const SECOND = 1_000_000_000n

type WrittenLine = string | ({ readonly text: string } & Readonly<Record<string, string>>)

/** One case of a file in [logql-cases](logql-cases); its README says what may be in it. */
interface LogCase {
  readonly name: string
  readonly query: string
  readonly at?: number
  readonly range?: { readonly from: number; readonly to: number; readonly step: number }
  readonly limit?: number
  readonly direction?: Direction
  readonly gives?: number | Readonly<Record<string, number | string | readonly string[]>>
  readonly fails?: string
}

interface CaseFile {
  readonly lines: Readonly<Record<string, readonly WrittenLine[]>>
  readonly cases: readonly LogCase[]
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.yml'))) {
  const { lines, cases } = parse(readFileSync(join(FOLDER, file), 'utf8')) as CaseFile
  t.test(`LogQL: ${file}`, (t) => {
    const engine = new LogEngine(storeOf(lines))
    for (const one of cases) {
      t.test(one.name, (t) => {
        check(t, engine, one)
        t.end()
      })
    }
    t.end()
  })
}

function storeOf(lines: CaseFile['lines']): LineStore {
  const store = new LineStore()
  for (const [stream, written] of Object.entries(lines)) {
    written.forEach((line, i) => {
      const { text, ...metadata } = typeof line === 'string' ? { text: line } : line
      store.append(readSeries(stream), { time: BigInt((i + 1) * 10) * SECOND, text, metadata: Labels.of(metadata) })
    })
  }
  return store
}

function check(t: Pick<Test, 'throws' | 'same'>, engine: LogEngine, one: LogCase): void {
  if (one.fails === undefined) t.same(given(answer(engine, one), one), expected(one))
  else {
    const [, pattern] = /^\/(.*)\/$/.exec(one.fails) ?? []
    t.throws(() => answer(engine, one), { message: pattern === undefined ? one.fails : new RegExp(pattern) })
  }
}

function answer(engine: LogEngine, { query, at, range, limit, direction }: LogCase): LogResult {
  if (at !== undefined) return engine.instant(query, BigInt(at) * SECOND)
  const { from, to, step } = range ?? { from: 0, to: 1000, step: 1 }
  return engine.range(query, {
    start: BigInt(from) * SECOND,
    end: BigInt(to) * SECOND,
    step: BigInt(step) * SECOND,
    interval: 0n,
    limit: limit ?? 1000,
    direction: direction ?? 'forward',
  })
}

function given(result: LogResult, one: LogCase): unknown {
  switch (result.type) {
    case 'scalar':
      return rounded(result.sample[1])
    case 'streams':
      return result.streams.map(({ labels, lines }) => [[...labels].sort().flat(), lines.map(([, text]) => text)])
    default:
      return result.series.map((series) => [series.labels.key, valuesOf(series, one)])
  }
}

/** `_` for a step without a value. */
function valuesOf({ samples }: LogResultSeries, { range }: LogCase): string {
  const { from, to, step } = range ?? { from: 0, to: 0, step: 1 }
  if (range === undefined) return samples.map(([, value]) => rounded(value)).join(' ')
  const byTime = new Map(samples.map(([time, value]) => [Number(time / SECOND), rounded(value)]))
  return Array.from({ length: (to - from) / step + 1 }, (_, i) => byTime.get(from + i * step) ?? '_').join(' ')
}

function expected({ gives = {} }: LogCase): unknown {
  if (typeof gives === 'number') return rounded(gives)
  return Object.entries(gives).map(([labels, values]) => {
    if (Array.isArray(values)) return [pairsOf(labels), values]
    const written = String(values).split(' ')
    return [readSeries(labels).key, written.map((value) => (value === '_' ? '_' : rounded(toNumber(value)))).join(' ')]
  })
}

/** Names and values in turn, an empty value among them. */
function pairsOf(labels: string): string[] {
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
  return pairs
    .map(([, name, value]) => [name as string, JSON.parse(`"${value}"`) as string])
    .sort()
    .flat()
}

/** To nine digits. */
function rounded(value: number): string {
  return formatValue(Number.isFinite(value) ? Number(value.toPrecision(9)) : value)
}
