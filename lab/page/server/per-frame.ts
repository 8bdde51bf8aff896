/**
 * Makes `work` run once before the next frame, however often it is asked for until then: what arrives a
 * thousand times a second is drawn sixty times.
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
