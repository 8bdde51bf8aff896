/**
 * Calls `late` unless the function that it gives is called within `ms` milliseconds.
 *
 * Unlike a plain timer it takes an answer that has arrived for an answer, even if this process was too busy
 * to read it: after a pause Node runs timers first and reads sockets then. So the last moments count anew
 * from when the timer is noticed, and what has been received by their end is read before `late` is called.
 */
export function whenLate(ms: number, late: () => void): () => void {
  let isOver = false
  const finish = () => {
    setImmediate(() => {
      if (!isOver) late()
    })
  }
  let timer = setTimeout(() => {
    timer = setTimeout(finish, LAST_MOMENTS_MS)
  }, ms - LAST_MOMENTS_MS)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

const LAST_MOMENTS_MS = 5
