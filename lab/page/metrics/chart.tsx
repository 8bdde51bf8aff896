import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { Exemplar } from '../../wire.ts'
import type { Line } from './charts.ts'
import { type Dot, ExemplarDots } from './exemplar-dots.tsx'
import type { PlotOptions } from './plot.ts'

interface ChartProps {
  readonly optionsFor: PlotOptions
  readonly lines: readonly Line[]
  /** Seconds since 1970, one for each value. */
  readonly times: readonly number[]
  /** Range of the x axis, in seconds since 1970. */
  readonly range: readonly [number, number]
  readonly exemplars: readonly Exemplar[]
  /** Called with the seconds since 1970 between which the user has dragged. */
  readonly onSelect?: (from: number, to: number) => void
}

/** A shorter drag is a click. */
const LEAST_DRAG_PX = 5

/** The picture. Screen readers skip it, because the table below has the same data. */
export function Chart({ optionsFor, lines, times, range, exemplars, onSelect }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const dots = useSignal<readonly Dot[]>([])
  const scheme = useColourScheme()
  // Read by uPlot while it draws.
  const current = useRef({ range, exemplars, onSelect })
  current.current = { range, exemplars, onSelect }
  // As text, so that the plot is recreated only when its lines change.
  const labels = JSON.stringify(lines.map(({ label }) => label))

  useEffect(() => {
    const element = holder.current
    if (!element) return
    const options = optionsFor(JSON.parse(labels) as string[], element.clientWidth, () => [...current.current.range])
    const onDraw = (drawn: uPlot) => {
      dots.value = current.current.exemplars.flatMap((exemplar) => dotOf(drawn, exemplar))
    }
    const onDrag = (drawn: uPlot) => {
      const { left, width } = drawn.select
      if (width < LEAST_DRAG_PX) return
      drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
      current.current.onSelect?.(drawn.posToVal(left, 'x'), drawn.posToVal(left + width, 'x'))
    }
    const drag = { x: current.current.onSelect !== undefined, y: false, setScale: false }
    const hooks = { draw: [onDraw], setSelect: [onDrag] }
    plot.current = new uPlot({ ...options, cursor: { ...options.cursor, drag }, hooks }, undefined, element)
    const observer = new ResizeObserver(() => {
      const { width, height } = plot.current ?? {}
      if (height && element.clientWidth !== width) plot.current?.setSize({ width: element.clientWidth, height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [labels, optionsFor, scheme])

  useEffect(() => {
    plot.current?.setData([[...times], ...lines.map(({ values }) => [...values])])
  }, [lines, times, exemplars, labels, scheme])

  return (
    <div class="chart-picture" aria-hidden="true">
      <div ref={holder} />
      <ExemplarDots dots={dots.value} />
    </div>
  )
}

/** The position of an exemplar, if it is within the plot. */
function dotOf(plot: uPlot, exemplar: Exemplar): Dot[] {
  const left = plot.valToPos(exemplar.time / 1000, 'x')
  const top = plot.valToPos(exemplar.value, 'y')
  const { width, height, left: plotLeft, top: plotTop } = plot.bbox
  const ratio = uPlot.pxRatio
  if (left < 0 || left > width / ratio || top < 0 || top > height / ratio) return []
  return [{ exemplar, left: left + plotLeft / ratio, top: top + plotTop / ratio }]
}

/** Changes with the system's colour scheme, which a canvas does not follow by itself. */
function useColourScheme(): boolean {
  const dark = useSignal(matchMedia('(prefers-color-scheme: dark)').matches)
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const follow = () => {
      dark.value = query.matches
    }
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  }, [])
  return dark.value
}
