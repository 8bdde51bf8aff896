import { connection } from '../server/server-state.ts'

const WORDS = { connecting: 'connecting', live: 'live', lost: 'no connection' } as const

export function ConnectionStatus() {
  return (
    <span class={`connection ${connection.value}`} role="status">
      <span class="dot" aria-hidden="true" />
      {WORDS[connection.value]}
    </span>
  )
}
