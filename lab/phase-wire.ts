/**
 * The running phase and the way to another one, which the page reads. Types only, for both sides.
 *
 *   GET  /lab/api/learn/phase           RunningPhase
 *   POST /lab/api/learn/phase           {"phase": 0…5, "settings"?: {"LOG_LEVEL": "debug", …}} → 202 RunningPhase of the
 *                                       next server: then this one closes, and the
 *                                       next one starts on the same ports. 409 while it is already closing.
 */

export interface RunningPhase {
  readonly phase: number
  /** The phase that was asked for before and did not start, with what it printed; null if there is none. */
  readonly failed: { readonly phase: number; readonly reason: string } | null
}
