import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ServiceMap } from '../../wire.ts'
import { count, duration, percent } from '../format.ts'
import { serviceColour } from '../story/service-colour.ts'
import { layOut, NODE_HEIGHT, NODE_WIDTH, type PlacedEdge, type PlacedNode } from './map-layout.ts'

/** Who calls whom, drawn. The table beside it says the same in numbers. */
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

/** The path of an edge, and where its label goes. */
function curveOf({ from, to }: PlacedEdge, vertical: boolean): { path: string; x: number; y: number } {
  if (from.name === to.name) {
    const [left, right, top] = [from.x - 24, from.x + 24, from.y - NODE_HEIGHT / 2]
    return {
      path: `M${left} ${top}C${left - 10} ${top - 32} ${right + 10} ${top - 32} ${right} ${top}`,
      x: from.x,
      y: top - 40,
    }
  }
  const start = vertical ? [from.x, from.y + NODE_HEIGHT / 2] : [from.x + NODE_WIDTH / 2, from.y]
  const end = vertical ? [to.x, to.y - NODE_HEIGHT / 2] : [to.x - NODE_WIDTH / 2, to.y]
  const [[x1 = 0, y1 = 0], [x2 = 0, y2 = 0]] = [start, end]
  const bend = vertical
    ? `${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2}`
    : `${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2}`
  return { path: `M${x1} ${y1}C${bend} ${x2} ${y2}`, x: (x1 + x2) / 2, y: (y1 + y2) / 2 }
}
