import type { LogFields } from '../../wire.ts'
import { duration } from '../format.ts'

/** Shown separately, or equal on every line of a request. */
const SHOWN_ELSEWHERE = new Set([
  'level',
  'time',
  'message',
  'service',
  'service_instance_id',
  'err',
  'request_id',
  'trace_id',
])

/** The other fields of a line, by name, as text. */
export function carriedFields(fields: LogFields): [name: string, value: string][] {
  return Object.entries(fields)
    .filter(([name]) => !SHOWN_ELSEWHERE.has(name))
    .map(([name, value]) => [name, name === 'latency' ? duration(Number(value)) : textOf(value)])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
