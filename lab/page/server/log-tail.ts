import { signal } from '@preact/signals'
import type { LogLine } from '../../wire.ts'
import { perFrame } from './per-frame.ts'

/** As many as the server keeps. */
const LIMIT = 2000

/** The newest log lines, oldest first. */
export const tail = signal<readonly LogLine[]>([])

/** Whether lines came faster than the server would stream them, so that some are missing here. */
export const tailHasGap = signal(false)

let waiting: LogLine[] = []

const draw = perFrame(() => {
  // Where one answer ends and the stream begins, a line may come twice.
  let last = tail.value.at(-1)?.seq ?? 0
  const news: LogLine[] = []
  for (const line of waiting) {
    if (line.seq <= last) continue
    news.push(line)
    last = line.seq
  }
  waiting = []
  if (news.length > 0) tail.value = [...tail.value, ...news].slice(-LIMIT)
})

export function addLines(lines: readonly LogLine[], gap: boolean): void {
  // A page in the background draws no frames, so what waits is bounded too.
  waiting = [...waiting, ...lines].slice(-LIMIT)
  if (gap) tailHasGap.value = true
  draw()
}

/** Puts lines that were asked for apart to where they belong in the tail. */
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
