import { signal } from '@preact/signals'
import type { LogLine } from '../../wire.ts'
import { perFrame } from './per-frame.ts'

/** The server's limit. */
const LIMIT = 2000

/** The newest log lines, oldest first. */
export const tail = signal<readonly LogLine[]>([])

/** Whether lines are missing because they were faster than the stream. */
export const tailHasGap = signal(false)

let waiting: LogLine[] = []

const draw = perFrame(() => {
  // A line may be both in the answer and in the stream.
  let last = tail.value.at(-1)?.seq ?? 0
  const added: LogLine[] = []
  for (const line of waiting) {
    if (line.seq <= last) continue
    added.push(line)
    last = line.seq
  }
  waiting = []
  if (added.length > 0) tail.value = [...tail.value, ...added].slice(-LIMIT)
})

export function addLines(lines: readonly LogLine[], gap: boolean): void {
  // A background page draws no frames, so the buffer must be bounded too.
  waiting = [...waiting, ...lines].slice(-LIMIT)
  if (gap) tailHasGap.value = true
  draw()
}

/** Merges separately fetched lines into the tail. */
export function mergeLines(lines: readonly LogLine[]): void {
  const known = new Set(tail.value.map(({ seq }) => seq))
  const missing = lines.filter(({ seq }) => !known.has(seq))
  if (missing.length === 0) return
  tail.value = [...tail.value, ...missing].sort((a, b) => a.seq - b.seq).slice(-LIMIT)
}

export function clearLines(): void {
  waiting = []
  tail.value = []
  tailHasGap.value = false
}
