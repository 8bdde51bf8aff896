import type uPlot from 'uplot'
import { clock } from '../format.ts'
import type { Unit } from './charts.ts'
import { inUnit } from './units.ts'

export const PLOT_COLOURS = 8
const HEIGHT = 180

/** The options of a chart, with colours from the style sheet's custom properties, light or dark. */
export function plotOptions(
  labels: readonly string[],
  unit: Unit,
  width: number,
  range: () => [number, number],
): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const property = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: property('--muted'),
    grid: { stroke: property('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${property('--sans')}`,
  }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    padding: [10, 12, 0, 0],
    scales: { x: { time: true, range }, y: { range: (_plot, _min, max) => [0, top(max, unit)] } },
    axes: [
      { ...axis, size: 28, space: 70, values: (_plot, times) => times.map((time) => clock(time * 1000).slice(0, 8)) },
      { ...axis, size: 62, space: 32, values: (_plot, values) => values.map((value) => inUnit(value, unit)) },
    ],
    series: [
      {},
      ...labels.map((label, index) => ({
        label,
        stroke: property(`--plot-${index % PLOT_COLOURS}`),
        width: 1.75,
        dash: index >= PLOT_COLOURS ? [6, 4] : undefined,
        points: { show: false },
      })),
    ],
  }
}

/** A non-empty scale from zero; for a share, at most to 100 %. */
function top(max: number | null, unit: Unit): number {
  const least = { per_second: 1, share: 0.01, seconds: 0.001, number: 1 }[unit]
  const wanted = Math.max(least, (max ?? 0) * 1.15)
  return unit === 'share' ? Math.min(1, wanted) : wanted
}
