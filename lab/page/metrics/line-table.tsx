import type { Line, Unit } from './charts.ts'
import { PLOT_COLOURS } from './plot.ts'
import { inUnit } from './units.ts'

/** The chart in numbers: the legend, and the alternative for screen readers. */
export function LineTable(props: { readonly title: string; readonly lines: readonly Line[]; readonly unit: Unit }) {
  const { title, lines, unit } = props
  if (lines.length === 0) return <p class="hint">Nothing has been counted yet. Send a request.</p>
  const counts = lines.some(({ increase }) => increase !== undefined)
  return (
    <table class="line-table">
      <caption class="visually-hidden">{title}: latest and highest values of the time shown</caption>
      <thead>
        <tr>
          <th scope="col">series</th>
          <th scope="col" class="number">
            now
          </th>
          <th scope="col" class="number">
            highest
          </th>
          {counts && (
            <th scope="col" class="number">
              total
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {lines.map(({ label, values, increase }, index) => (
          <tr key={label}>
            <th scope="row">
              <span
                class={index < PLOT_COLOURS ? 'plot-swatch' : 'plot-swatch dashed'}
                data-plot={index % PLOT_COLOURS}
                aria-hidden="true"
              />{' '}
              {label}
            </th>
            <td class="number">{inUnit(values.at(-1), unit)}</td>
            <td class="number">{inUnit(highest(values), unit)}</td>
            {counts && <td class="number">{increase === undefined ? '' : `+${increase}`}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function highest(values: readonly (number | null)[]): number | null {
  let max: number | null = null
  for (const value of values) if (value !== null && (max === null || value > max)) max = value
  return max
}
