import { connection } from '../server/server-state.ts'
import { switchingTo } from '../server/switch-phase.ts'

const WORDS = { connecting: 'connecting', live: 'live', lost: 'no connection' } as const

export function ConnectionStatus() {
  const isRestarting = switchingTo.value !== null
  return (
    <span class={`connection ${isRestarting ? 'connecting' : connection.value}`} role="status">
      <span class="dot" aria-hidden="true" />
      {isRestarting ? 'restarting' : WORDS[connection.value]}
    </span>
  )
}
