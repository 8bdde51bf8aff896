/** A series as Prometheus writes it: `up{job="app"}`. */
export function SeriesName({ metric }: { readonly metric: Readonly<Record<string, string>> }) {
  const { __name__: name = '', ...labels } = metric
  const entries = Object.entries(labels)
  if (name === '' && entries.length === 0) return <span class="series-name">{'{}'}</span>
  return (
    <span class="series-name">
      {name !== '' && <b>{name}</b>}
      {entries.length > 0 && (
        <span class="labels">
          {'{'}
          {entries.map(([label, value], index) => (
            <span key={label}>
              {index > 0 && ', '}
              {label}=<span class="label-value">"{value}"</span>
            </span>
          ))}
          {'}'}
        </span>
      )}
    </span>
  )
}

/** The same as text, without what all of them have in common. */
export function seriesText(metric: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...labels } = metric
  const entries = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return entries.length === 0 && name !== '' ? name : `${name}{${entries.join(', ')}}`
}
