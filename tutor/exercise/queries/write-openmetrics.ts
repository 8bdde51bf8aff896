import { quote } from '../../../query/quote.ts'
import type { SeriesStore } from '../../../query/series/store.ts'

/** All samples as OpenMetrics text with timestamps. */
export function writeOpenMetrics(store: SeriesStore): string {
  const lines = store.select([]).flatMap(({ labels, times, values }) => {
    const pairs = labels.entries().filter(([name]) => name !== '__name__')
    const series = `${labels.get('__name__')}{${pairs.map(([name, value]) => `${name}=${quote(value)}`).join(',')}}`
    return Array.from(times, (time, i) => `${series} ${values[i]} ${time / 1000}`)
  })
  return [...lines, '# EOF', ''].join('\n')
}
