import type { LogFields } from '../../wire.ts'
import { duration } from '../format.ts'
import { carriedFields } from './carried-fields.ts'

/** The request that a line reports, otherwise its own fields. */
export function requestOf(fields: LogFields): string {
  const { method, path, status, latency, err } = fields
  if (err) return `${err.type}: ${err.message}`
  if (path !== undefined)
    return [method, path, status, latency !== undefined && duration(latency)].filter(Boolean).join(' ')
  return carriedFields(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
