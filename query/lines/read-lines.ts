import { Labels } from '../series/labels.ts'
import type { Line } from './line.ts'
import { LineStore } from './line-store.ts'
import { parseTime } from './time.ts'

/** What fluent-bit.conf makes stream labels; they have few values each. */
const STREAM_LABELS = ['service', 'level'] as const

/** What fluent-bit.conf sends beside the line. */
const METADATA = ['service_instance_id', 'request_id', 'trace_id', 'span_id'] as const

/** One line of JSON is cut off there, as loki-config.yml has it. */
const LONGEST_LINE = 65_536

/**
 * Reads log files of the course's app: one JSON object a line, with `time`. The labels are those that Fluent Bit gives
 * them on the way to Loki.
 *
 * @throws when a line has no time, naming its number
 */
export function readLines(text: string, store: LineStore = new LineStore()): LineStore {
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return
    const members = parseObject(line)
    if (members === undefined) throw new Error(`line ${i + 1} is not a JSON object: ${line.slice(0, 80)}`)
    const time = parseTime(members.time)
    if (time === undefined) throw new Error(`line ${i + 1} has no time: ${line.slice(0, 80)}`)
    store.append(labelsOf(members), lineOf(line, members, time))
  })
  return store
}

/**
 * Reads one line.
 *
 * @param otherwise its time if it does not tell one, in nanoseconds since 1970
 */
export function readLine(text: string, otherwise: bigint): { readonly labels: Labels; readonly line: Line } {
  const members = parseObject(text) ?? {}
  return { labels: labelsOf(members), line: lineOf(text, members, parseTime(members.time) ?? otherwise) }
}

type Members = Readonly<Record<string, unknown>>

function labelsOf(members: Members): Labels {
  return Labels.from(STREAM_LABELS.map((name) => [name, textOf(members[name]) || 'unknown']))
}

function lineOf(text: string, members: Members, time: bigint): Line {
  return { time, text: cut(text), metadata: Labels.from(METADATA.map((name) => [name, textOf(members[name])])) }
}

function parseObject(line: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function cut(line: string): string {
  if (line.length * 3 <= LONGEST_LINE) return line
  const bytes = Buffer.from(line)
  if (bytes.length <= LONGEST_LINE) return line
  return bytes.subarray(0, LONGEST_LINE).toString()
}
