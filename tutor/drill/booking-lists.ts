import type { Stream } from './traffic.ts'

/** Users who open "My bookings" at the same time. */
const CONCURRENT_USERS = 6

/**
 * Lists of bookings, most of them with a filter on one column.
 *
 * @param column the one that most filter by
 */
export function bookingLists(column: 'user_id' | 'status'): Stream[] {
  const query = (nth: number) => (column === 'user_id' ? `user_id=customer-${nth}` : 'status=failed')
  return [
    {
      everyMs: 1500,
      act: (client) =>
        Promise.all(
          Array.from({ length: CONCURRENT_USERS }, () =>
            client.get(`/v1/bookings?${query(client.random.number(1, 4000))}`),
          ),
        ),
    },
    { everyMs: 800, act: (client) => client.get('/v1/bookings?page_size=10') },
    // Requests with the other filter, for comparison.
    {
      everyMs: 900,
      act: (client) =>
        client.get(column === 'user_id' ? '/v1/bookings?status=failed' : '/v1/bookings?user_id=customer-7'),
    },
  ]
}
