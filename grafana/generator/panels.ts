import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge'
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap'
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'

/** Options of all panels. */
export interface PanelOptions {
  readonly title: string
  /** How to read it: what is normal, what is not, and what to do. Shown behind the (i) beside the title. */
  readonly description: string
  /** Grafana's name: `reqps`, `s`, `percentunit` (0 to 1), `bytes`. */
  readonly unit: string
  /** Columns, of 24. */
  readonly width: number
  readonly height?: number
  /** Values above these limits (with `good: 'high'`, below them) are a problem. */
  readonly thresholds?: Thresholds
}

export interface Thresholds {
  readonly warn: number
  readonly bad?: number
  /** Default `low`. */
  readonly good?: 'low' | 'high'
}

/** One line per series of the result. */
export interface Query {
  readonly expr: string
  /** `{{route}}` stands for the label. */
  readonly legend: string
  /** Shows exemplars as dots that link to their traces. The expression must use the buckets of a histogram. */
  readonly exemplars?: boolean
}

export type Panel = Builder<dashboard.Panel>

export const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' }
export const LOKI = { type: 'loki', uid: 'loki' }
export const JAEGER = { type: 'jaeger', uid: 'jaeger' }

/** A time series. `stacked` if the lines are parts of a whole. */
export function graph(options: PanelOptions & { readonly stacked?: boolean }, ...queries: readonly Query[]): Panel {
  const panel = described(new timeseries.PanelBuilder(), options)
    .axisSoftMin(0) // negative values, such as an exhausted budget, still extend the axis
    .lineWidth(1)
    .fillOpacity(options.stacked ? 40 : 10)
    .showPoints(common.VisibilityMode.Never)
    .stacking(
      new common.StackingConfigBuilder().mode(options.stacked ? common.StackingMode.Normal : common.StackingMode.None),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .targets(queries.map((query) => target(query)))
  return options.thresholds === undefined
    ? panel
    : panel.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed))
}

/** The current value, or the total over the time range. */
export function number(options: PanelOptions, query: Query): Panel {
  return described(new stat.PanelBuilder(), { height: 4, ...options })
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(options.thresholds === undefined ? common.BigValueColorMode.None : common.BigValueColorMode.Value)
    .noValue('none')
    .targets([target(query).instant()])
}

/** One bar per value. */
export function bars(options: PanelOptions, ...queries: readonly Query[]): Panel {
  return described(new bargauge.PanelBuilder(), options)
    .min(0)
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Gradient)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .targets(queries.map((query) => target(query).instant()))
}

/** A heatmap of a histogram. The expression returns buckets. */
export function heat(options: PanelOptions, query: Query): Panel {
  return described(new heatmap.PanelBuilder(), options)
    .calculate(false)
    .yAxis(new heatmap.YAxisConfigBuilder().unit(options.unit))
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .steps(64)
        .exponent(0.5)
        .fill('dark-orange'),
    )
    .targets([target(query).format(prometheus.PromQueryFormat.Heatmap)])
}

/** A bar per series, coloured while it has a value. */
export function timeline(options: PanelOptions, query: Query): Panel {
  return described(new statetimeline.PanelBuilder(), options)
    .noValue('none')
    .targets([target(query)])
}

/** The methods that all panel builders of Grafana's SDK have. */
interface Describable {
  title(title: string): this
  description(description: string): this
  unit(unit: string): this
  span(width: number): this
  height(height: number): this
  datasource(ref: common.DataSourceRef): this
  thresholds(thresholds: Builder<dashboard.ThresholdsConfig>): this
}

export function described<T extends Describable>(panel: T, options: PanelOptions, source = PROMETHEUS): T {
  const { title, description, unit, width, height = 8, thresholds } = options
  const told = panel.title(title).description(description).unit(unit).span(width).height(height).datasource(source)
  return thresholds === undefined ? told : told.thresholds(steps(thresholds))
}

/** A query for a data source without a builder in the SDK. */
export function customTarget(query: object): Builder<Dataquery> {
  return { build: () => query as Dataquery }
}

function target({ expr, legend, exemplars = false }: Query): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend)
    .exemplar(exemplars)
    .range()
    .editorMode(prometheus.QueryEditorMode.Code)
}

function steps({ warn, bad, good = 'low' }: Thresholds): dashboard.ThresholdsConfigBuilder {
  const above = (value: number | null, color: string) => ({ value, color })
  const rising = [
    above(null, 'green'),
    above(warn, bad === undefined ? 'red' : 'orange'),
    ...(bad === undefined ? [] : [above(bad, 'red')]),
  ]
  const falling = [above(null, 'red'), ...(bad === undefined ? [] : [above(bad, 'orange')]), above(warn, 'green')]
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(good === 'low' ? rising : falling)
}
