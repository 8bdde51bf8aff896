import type uPlot from 'uplot'
import { clock } from '../format.ts'
import type { Unit } from './charts.ts'
import { inUnit } from './units.ts'

export const PLOT_COLOURS = 8
const HEIGHT = 180

/** Options of a plot for lines with these labels. `range` is that of the x axis, in seconds since 1970. */
export type PlotOptions = (labels: readonly string[], width: number, range: () => [number, number]) => uPlot.Options

/** Of charts, whose scale begins at zero, by the unit of their values. */
export const unitOptions: Readonly<Record<Unit, PlotOptions>> = {
  per_second: ofUnit('per_second'),
  share: ofUnit('share'),
  seconds: ofUnit('seconds'),
  number: ofUnit('number'),
}

function ofUnit(unit: Unit): PlotOptions {
  return (labels, width, range) =>
    plotOptions(
      labels,
      width,
      range,
      (_min, max) => [0, top(max, unit)],
      (value) => inUnit(value, unit),
    )
}

/** The options of a plot, with colours from the style sheet's custom properties, light or dark. */
export function plotOptions(
  labels: readonly string[],
  width: number,
  range: () => [number, number],
  scale: (min: number, max: number) => [number, number],
  format: (value: number) => string,
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
    cursor: { y: false, points: { size: 6 } },
    padding: [10, 12, 0, 0],
    scales: { x: { time: true, range }, y: { range: (_plot, min, max) => scale(min, max) } },
    axes: [
      { ...axis, size: 28, space: 70, values: (_plot, times) => times.map((time) => clock(time * 1000).slice(0, 8)) },
      { ...axis, size: 62, space: 32, values: (_plot, values) => values.map(format) },
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
