/** How Prometheus' templates make numbers readable: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ */
import { formatGeneral } from '../promql/format-number.ts'

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']

/** `1234567` is `1.235M`. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return short(value)
  return Math.abs(value) >= 1 ? scaled(value, LARGE, 1000) : enlarged(value)
}

/** `1536` is `1.5ki`. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return short(value)
  return scaled(value, BINARY, 1024)
}

/** Of seconds: `5400` is `1h 30m 0s`. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return short(seconds)
  if (seconds === 0) return `${short(seconds)}s`
  if (Math.abs(seconds) < 1) return `${enlarged(seconds)}s`
  const sign = seconds < 0 ? '-' : ''
  const size = Math.abs(seconds)
  const whole = Math.trunc(size)
  const parts = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60]
  const first = parts.findIndex((count) => count !== 0)
  if (first === 3) return `${sign}${short(size)}s`
  return (
    sign +
    parts
      .map((count, i) => `${count}${'dhms'[i]}`)
      .slice(first)
      .join(' ')
  )
}

/** Of a ratio: `0.125` is `12.5%`. */
export function humanizePercentage(ratio: number): string {
  return `${short(ratio * 100)}%`
}

function scaled(value: number, prefixes: readonly string[], by: number): string {
  let rest = value
  let prefix = ''
  for (const next of prefixes) {
    if (Math.abs(rest) < by) break
    prefix = next
    rest /= by
  }
  return short(rest) + prefix
}

function enlarged(value: number): string {
  let rest = value
  let prefix = ''
  for (const next of SMALL) {
    if (Math.abs(rest) >= 1) break
    prefix = next
    rest *= 1000
  }
  return short(rest) + prefix
}

/** Go's `%.4g`. */
export function short(value: number): string {
  return formatGeneral(value, 4)
}
