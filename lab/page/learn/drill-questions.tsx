import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { DrillQuestion, DrillStatus } from '../../drill-wire.ts'
import { drillEntries, say } from './drill-state.ts'

interface Props {
  readonly status: DrillStatus
  readonly run: (work: () => Promise<unknown>) => void
}

/** The question in free form, or the guided ones. */
export function DrillQuestions({ status, run }: Props) {
  const { stage, question } = status
  const tell = (line: string) => run(() => say(line))
  if (stage === 'questions' && question) return <Guided key={question.ask} question={question} tell={tell} />
  return <FreeForm tell={tell} />
}

/** Their output is of no interest beside the question. */
const COMMANDS = /^(ask|traces|trace|span|clients|help|again|!)(\s|$)/

/** What the drill says about the last answer. */
function Reply() {
  const entries = drillEntries.value
  const asked = entries.findLastIndex(({ by }) => by === 'you')
  const replies = entries.slice(asked + 1)
  if (asked < 0 || replies.length === 0 || COMMANDS.test(entries[asked]?.text ?? '')) return null
  return <pre class="drill-reply">{replies.map(({ text }) => text).join('\n')}</pre>
}

type Tell = (line: string) => void

function FreeForm({ tell }: { readonly tell: Tell }) {
  const text = useSignal('')
  return (
    <form
      class="panel drill-question"
      onSubmit={(event) => {
        event.preventDefault()
        tell(text.value)
      }}
    >
      <h3 id="free-form">What is the cause, and what shows it?</h3>
      <p class="hint" id="free-form-how">
        Say it in your own words, and cite what shows it: a trace id, <code>ask 3</code>, a line of the log or its
        request_id.
      </p>
      <textarea
        rows={3}
        required
        aria-labelledby="free-form"
        aria-describedby="free-form-how"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
      />
      <Reply />
      <div class="practice-buttons">
        <button type="submit" class="first">
          Answer
        </button>
        <button type="button" onClick={() => tell('questions')}>
          Ask me step by step
        </button>
        <button type="button" onClick={() => tell('debrief')}>
          Give up: debrief
        </button>
      </div>
    </form>
  )
}

function Guided({ question, tell }: { readonly question: DrillQuestion; readonly tell: Tell }) {
  const { number, of, ask, options, form: wanted } = question
  const answer = useSignal('')
  const form = useRef<HTMLFormElement>(null)
  // The button that was pressed is gone with the question before.
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  return (
    <form
      ref={form}
      class="panel drill-question"
      onSubmit={(event) => {
        event.preventDefault()
        tell(answer.value)
      }}
    >
      <fieldset>
        <legend>
          Question {number} of {of}: {ask}
        </legend>
        {options.length > 0 ? (
          options.map((option, index) => {
            const letter = String.fromCharCode(97 + index)
            return (
              <label key={option} class="drill-option">
                <input
                  type="radio"
                  name="option"
                  required
                  checked={answer.value === letter}
                  onChange={() => {
                    answer.value = letter
                  }}
                />
                <span>{option}</span>
              </label>
            )
          })
        ) : (
          <label class="parameter">
            <span>{wanted}</span>
            <input
              required
              autocomplete="off"
              value={answer.value}
              onInput={(event) => {
                answer.value = event.currentTarget.value
              }}
            />
          </label>
        )}
      </fieldset>
      <Reply />
      <div class="practice-buttons">
        <button type="submit" class="first">
          Answer
        </button>
        <button type="button" onClick={() => tell('hint')}>
          Hint
        </button>
        <button type="button" onClick={() => tell('skip')}>
          Skip it
        </button>
        <button type="button" onClick={() => tell('debrief')}>
          Give up: debrief
        </button>
      </div>
    </form>
  )
}
