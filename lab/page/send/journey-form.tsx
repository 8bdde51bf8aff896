import { useSignal } from '@preact/signals'
import { bookSeat } from './journey.ts'

/** Books a seat in four requests. */
export function JourneyForm() {
  const user = useSignal('user-7')
  const underWay = useSignal(false)
  const book = async (event: Event) => {
    event.preventDefault()
    underWay.value = true
    try {
      await bookSeat(user.value)
    } finally {
      underWay.value = false
    }
  }
  return (
    <form class="endpoint" onSubmit={book} aria-label="Booking journey">
      <div class="endpoint-what">
        <span class="path">Book a seat</span> <small>in four requests</small>
      </div>
      <button type="submit" class="primary" disabled={underWay.value}>
        Book
      </button>
      <div class="endpoint-parameters">
        <label class="parameter">
          <span>user_id</span>
          <input
            type="text"
            required
            maxLength={128}
            value={user.value}
            onInput={(event) => {
              user.value = event.currentTarget.value
            }}
          />
        </label>
      </div>
    </form>
  )
}
