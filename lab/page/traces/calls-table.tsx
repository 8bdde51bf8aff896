import type { ServiceMap } from '../../wire.ts'
import { duration, percent } from '../format.ts'
import { ScrollBox } from '../scroll-box.tsx'

/** The map in numbers. */
export function CallsTable({ map }: { readonly map: ServiceMap }) {
  return (
    <ScrollBox class="table-box" label="Calls between services">
      <table class="calls">
        <thead>
          <tr>
            <th scope="col">from</th>
            <th scope="col">to</th>
            <th scope="col">over</th>
            <th scope="col" class="number">
              calls
            </th>
            <th scope="col" class="number">
              errors
            </th>
            <th scope="col" class="number">
              p50
            </th>
            <th scope="col" class="number">
              p95
            </th>
            <th scope="col" class="number">
              max
            </th>
          </tr>
        </thead>
        <tbody>
          {[...map.entries, ...map.edges].map(({ from, to, protocol, calls, errors, p50, p95, max }) => (
            <tr key={`${from} ${to} ${protocol}`}>
              <td>{from ?? 'outside'}</td>
              <td>{to}</td>
              <td>{protocol}</td>
              <td class="number">{calls.toLocaleString('en')}</td>
              <td class={errors > 0 ? 'number failure' : 'number'}>{percent(errors / calls)}</td>
              <td class="number">{duration(p50)}</td>
              <td class="number">{duration(p95)}</td>
              <td class="number">{duration(max)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
