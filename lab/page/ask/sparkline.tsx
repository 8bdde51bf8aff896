const WIDTH = 96
const HEIGHT = 18

/** A small line through values. The numbers beside it say the same. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const numbers = values.filter(Number.isFinite)
  if (numbers.length < 2) return null
  const low = numbers.reduce((a, b) => Math.min(a, b))
  const high = numbers.reduce((a, b) => Math.max(a, b))
  const x = (index: number) => ((index / (numbers.length - 1)) * (WIDTH - 2) + 1).toFixed(1)
  const y = (value: number) =>
    (HEIGHT - 2 - (high === low ? 0.5 : (value - low) / (high - low)) * (HEIGHT - 4)).toFixed(1)
  const path = numbers.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index)} ${y(value)}`).join('')
  return (
    <svg class="sparkline" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={path} />
    </svg>
  )
}
