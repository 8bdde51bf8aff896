import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { ScrollBox } from '../scroll-box.tsx'
import { drillEntries, say } from './drill-state.ts'

/** Commands that can be tried as they are. */
const COMMANDS = ['traces slowest', 'traces failed', 'clients', 'ask \'{level="error"} --last 1m\'', 'help']

/** What was said so far, and commands that look at the telemetry. */
export function DrillDialogue(props: {
  readonly canSay: boolean
  readonly run: (work: () => Promise<unknown>) => void
}) {
  const line = useSignal('')
  const end = useRef<HTMLDivElement>(null)
  const entries = drillEntries.value
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [entries.length])
  const tell = (text: string) => props.run(() => say(text))
  return (
    <section class="panel drill-dialogue" aria-labelledby="dialogue-title">
      <h3 id="dialogue-title">Telemetry and answers</h3>
      {props.canSay && (
        <>
          <form
            class="drill-command"
            onSubmit={(event) => {
              event.preventDefault()
              tell(line.value)
              line.value = ''
            }}
          >
            <label class="parameter">
              <span>Command</span>
              <input
                required
                autocomplete="off"
                spellcheck={false}
                placeholder="ask sum by (route) (rate(http_server_request_count_total[30s]))"
                value={line.value}
                onInput={(event) => {
                  line.value = event.currentTarget.value
                }}
              />
            </label>
            <button type="submit">Run</button>
          </form>
          <div class="practice-buttons">
            {COMMANDS.map((command) => (
              <button key={command} type="button" class="quiet" onClick={() => tell(command)}>
                <code>{command}</code>
              </button>
            ))}
          </div>
        </>
      )}
      <ScrollBox class="drill-entries" label="What was said">
        <div role="log">
          {entries.map(({ by, text }, index) => (
            <pre key={index} class={`drill-entry by-${by}`}>
              {by === 'you' && <span class="visually-hidden">You: </span>}
              {text}
            </pre>
          ))}
        </div>
        <div ref={end} />
      </ScrollBox>
    </section>
  )
}
