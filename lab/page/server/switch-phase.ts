import { computed, signal } from '@preact/signals'
import type { RunningPhase } from '../../phase-wire.ts'
import { ApiError, getJson, post } from './api.ts'
import { state } from './server-state.ts'

/** Whether the server has Learn, and so can restart in another phase. */
export const canSwitch = computed(() => state.value?.learn === true)

/** The phase that this page has asked for, until the server has restarted. */
export const switchingTo = signal<number | null>(null)

/** Why the phase that a page has asked for does not run, until the user dismisses the notice. */
export const phaseFailure = signal<RunningPhase['failed']>(null)

/** Requests in flight may take 15 seconds to end. After twice that the page says that the server does not answer. */
const PATIENCE_MS = 30_000
let patience: ReturnType<typeof setTimeout>

/** Restarts the server in another phase. The page reconnects by itself. */
export async function switchPhase(phase: number): Promise<void> {
  if (switchingTo.value !== null || phase === state.value?.phase.number) return
  switchingTo.value = phase
  phaseFailure.value = null
  patience = setTimeout(endSwitch, PATIENCE_MS)
  try {
    await post<RunningPhase>('learn/phase', { phase })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    endSwitch()
    phaseFailure.value = { phase, reason: error.message }
  }
}

export function endSwitch(): void {
  clearTimeout(patience)
  switchingTo.value = null
}

/** Asks a restarted server whether it should run another phase, which failed. */
export async function loadPhaseFailure(): Promise<void> {
  phaseFailure.value = (await getJson<RunningPhase>('learn/phase')).failed
}
