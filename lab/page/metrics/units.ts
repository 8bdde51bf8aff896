import { duration, percent } from '../format.ts'
import type { Unit } from './charts.ts'

/** Formats a value in the unit of its chart. */
export function inUnit(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return '–'
  switch (unit) {
    case 'per_second':
      return `${short(value)}/s`
    case 'share':
      return percent(value)
    case 'seconds':
      return duration(value * 1000)
    case 'number':
      return short(value)
  }
}

function short(value: number): string {
  return Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1)
}
