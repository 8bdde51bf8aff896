/**
 * Runs `work` once before the next frame, however often it is requested: a thousand updates a second are drawn sixty
 * times.
 */
export function perFrame(work: () => void): () => void {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      work()
    })
  }
}
