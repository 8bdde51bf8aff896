import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ServiceMap } from '../../wire.ts'
import { count, duration, percent } from '../format.ts'
import { serviceColour } from '../story/service-colour.ts'
import { GAP_DOWN, layOut, NODE_HEIGHT, NODE_WIDTH, type PlacedEdge, type PlacedNode } from './map-layout.ts'

/** The calls between services, drawn. The table beside it has the numbers. */
export function ServiceMapPicture({ map }: { readonly map: ServiceMap }) {
  const box = useRef<HTMLDivElement>(null)
  const width = useSignal(0)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <div class="map-picture" ref={box}>
      {width.value > 0 && <Picture map={map} width={width.value} />}
    </div>
  )
}

function Picture({ map, width }: { readonly map: ServiceMap; readonly width: number }) {
  const layout = layOut(map, width)
  const names = map.nodes.map(({ name }) => name).join(', ')
  return (
    <svg
      width={width}
      height={layout.height}
      role="img"
      aria-label={`Map of ${names}. The table below has the calls between them.`}
    >
      <defs>
        <marker id="map-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0 0L8 4L0 8z" class="map-arrow" />
        </marker>
      </defs>
      {layout.edges.map((edge) => (
        <Edge key={`${edge.from.name} ${edge.to.name} ${edge.calls.protocol}`} edge={edge} vertical={layout.vertical} />
      ))}
      {layout.nodes.map((node) => (
        <Node key={node.name} node={node} />
      ))}
    </svg>
  )
}

function Node({ node: { name, type, x, y } }: { readonly node: PlacedNode }) {
  return (
    <g class={`map-node ${type}`} transform={`translate(${x} ${y})`}>
      <rect x={-NODE_WIDTH / 2} y={-NODE_HEIGHT / 2} width={NODE_WIDTH} height={NODE_HEIGHT} rx={7} />
      {type === 'service' && (
        <rect
          class="map-service"
          data-colour={serviceColour(name)}
          x={-NODE_WIDTH / 2}
          y={-NODE_HEIGHT / 2}
          width={5}
          height={NODE_HEIGHT}
          rx={2}
        />
      )}
      <text y={-3}>{type === 'outside' ? 'outside' : name}</text>
      <text class="map-type" y={13}>
        {type === 'outside' ? 'browser, curl, Lab' : KINDS[type]}
      </text>
    </g>
  )
}

const KINDS = { service: 'service', database: 'database', cache: 'cache', external: 'not traced' } as const

function Edge({ edge, vertical }: { readonly edge: PlacedEdge; readonly vertical: boolean }) {
  const { calls } = edge
  const { path, x, y } = curveOf(edge, vertical)
  return (
    <g class={calls.errors > 0 ? 'map-edge failing' : 'map-edge'}>
      <path d={path} marker-end="url(#map-arrow)" />
      <text x={x} y={y - 6}>
        {count(calls.calls, 'call')}
        {calls.errors > 0 && <tspan class="map-errors">, {percent(calls.errors / calls.calls)} failed</tspan>}
      </text>
      <text x={x} y={y + 15}>
        {calls.protocol}, p95 {duration(calls.p95)}
      </text>
    </g>
  )
}

interface Curve {
  readonly path: string
  /** The centre of the label. */
  readonly x: number
  readonly y: number
}

function curveOf(edge: PlacedEdge, vertical: boolean): Curve {
  if (edge.from.name === edge.to.name) return vertical ? loopBeside(edge.to) : loopAbove(edge.to)
  return vertical ? curveDown(edge) : curveAcross(edge)
}

function loopAbove({ x, y }: PlacedNode): Curve {
  const top = y - NODE_HEIGHT / 2
  return { path: `M${x - 24} ${top}C${x - 34} ${top - 32} ${x + 34} ${top - 32} ${x + 24} ${top}`, x, y: top - 46 }
}

function loopBeside({ x, y }: PlacedNode): Curve {
  const right = x + NODE_WIDTH / 2
  return {
    path: `M${right} ${y - 10}C${right + 30} ${y - 18} ${right + 30} ${y + 18} ${right} ${y + 10}`,
    x: right + 46,
    y: y - 34,
  }
}

/** The label is closer to the end, where the edges of one node are farther apart. */
function curveAcross({ from, to }: PlacedEdge): Curve {
  const [x1, x2] = [from.x + NODE_WIDTH / 2, to.x - NODE_WIDTH / 2]
  const middle = (x1 + x2) / 2
  return {
    path: `M${x1} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${x2} ${to.y}`,
    x: from.y === to.y ? middle : x1 + (x2 - x1) * 0.58,
    y: from.y + (to.y - from.y) * 0.65,
  }
}

/** The label is near the end, where the edges of one node are farther apart, and above the row of that end. */
function curveDown({ from, to }: PlacedEdge): Curve {
  const [y1, y2] = [from.y + NODE_HEIGHT / 2, to.y - NODE_HEIGHT / 2]
  const middle = (y1 + y2) / 2
  return {
    path: `M${from.x} ${y1}C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${y2}`,
    x: from.x + (to.x - from.x) * (from.x === to.x ? 1 : 0.84),
    y: y2 - GAP_DOWN * (from.x === to.x ? 0.5 : 0.25),
  }
}
