/**
 * Calls `late` when nothing has happened for `ms` milliseconds, unless the function that it gives is called before.
 *
 * Unlike a plain timer it counts only time in which this process could have noticed an answer. While it is busy,
 * an answer may lie unread and a question unsent, and Node then runs timers before it reads sockets. So the time
 * is counted in steps, of which a pause of any length makes one, and sockets are read once more after the last.
 *
 * @param progress gives another number each time that something has happened, and the time counts anew
 */
export function whenLate(ms: number, late: () => void, progress = () => 0): () => void {
  let seen = progress()
  let left = STEPS
  let isOver = false
  let timer = setTimeout(step, ms / STEPS)

  function step(): void {
    left--
    if (left === 0) setImmediate(finish)
    else next()
  }

  function next(): void {
    const now = progress()
    if (now !== seen) left = STEPS
    seen = now
    timer = setTimeout(step, ms / STEPS)
  }

  function finish(): void {
    if (isOver) return
    if (progress() === seen) late()
    else next()
  }

  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

const STEPS = 5
