import type { Calls, ServiceMap } from '../../wire.ts'

/** The origin of external requests. No service can have this name. */
export const OUTSIDE = '→'

export const NODE_WIDTH = 132
export const NODE_HEIGHT = 44
/** Room for an edge with its label. */
const GAP_ACROSS = 150
const GAP_BETWEEN = 34
export const GAP_DOWN = 96
const MARGIN = 4
/** Calls of a service to itself are a loop above it. */
const LOOP_HEIGHT = 64

export interface PlacedNode {
  readonly name: string
  readonly type: ServiceMap['nodes'][number]['type'] | 'outside'
  /** Its centre. */
  readonly x: number
  readonly y: number
}

export interface PlacedEdge {
  readonly calls: Omit<Calls, 'from'>
  readonly from: PlacedNode
  readonly to: PlacedNode
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** Calls point down, as on a narrow screen, instead of to the right. */
  readonly vertical: boolean
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

/** Puts every node one layer after its first caller. */
export function layOut(map: ServiceMap, width: number): Layout {
  const layers = layersOf(map)
  const vertical = width < layers.length * NODE_WIDTH + (layers.length - 1) * GAP_ACROSS
  const place = vertical ? placeDown : placeAcross
  const loop = map.edges.some(({ from, to }) => from === to) ? LOOP_HEIGHT : 0
  const nodes = place(layers, width, loop)
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const all = [...map.entries.map((entry) => ({ ...entry, from: OUTSIDE })), ...map.edges]
  const edges = all.flatMap((calls) => {
    const [from, to] = [byName.get(calls.from), byName.get(calls.to)]
    return from && to ? [{ calls, from, to }] : []
  })
  const height = Math.max(...nodes.map(({ y }) => y)) + NODE_HEIGHT / 2 + MARGIN
  return { width, height, vertical, nodes, edges }
}

type Unplaced = Pick<PlacedNode, 'name' | 'type'>

function layersOf(map: ServiceMap): Unplaced[][] {
  const types = new Map(map.nodes.map(({ name, type }) => [name, type]))
  const layers: Unplaced[][] = [[{ name: OUTSIDE, type: 'outside' }]]
  const placed = new Set([OUTSIDE])
  let next = map.entries.map(({ to }) => to)
  // A service without a known caller (its traces were evicted) is placed like an entry.
  const called = new Set([...next, ...map.edges.map(({ to }) => to)])
  next.push(...map.nodes.map(({ name }) => name).filter((name) => !called.has(name)))
  while (next.length > 0) {
    const names = [...new Set(next)].filter((name) => !placed.has(name))
    if (names.length === 0) break
    for (const name of names) placed.add(name)
    layers.push(names.map((name) => ({ name, type: types.get(name) ?? 'service' })))
    next = map.edges.filter(({ from }) => names.includes(from)).map(({ to }) => to)
  }
  return layers
}

function placeAcross(layers: readonly Unplaced[][], width: number, loop: number): PlacedNode[] {
  const most = Math.max(...layers.map((layer) => layer.length))
  const top = loop + MARGIN + NODE_HEIGHT / 2
  const step = NODE_HEIGHT + GAP_BETWEEN
  const across = layers.length > 1 ? (width - NODE_WIDTH - 2 * MARGIN) / (layers.length - 1) : 0
  return layers.flatMap((layer, column) =>
    layer.map((node, row) => ({
      ...node,
      x: MARGIN + NODE_WIDTH / 2 + column * across,
      y: top + (row + (most - layer.length) / 2) * step,
    })),
  )
}

function placeDown(layers: readonly Unplaced[][], width: number, loop: number): PlacedNode[] {
  const perRow = Math.max(1, Math.floor((width + 12) / (NODE_WIDTH + 12)))
  const rows = layers.flatMap((layer) =>
    Array.from({ length: Math.ceil(layer.length / perRow) }, (_, row) => layer.slice(row * perRow, (row + 1) * perRow)),
  )
  return rows.flatMap((row, index) =>
    row.map((node, place) => ({
      ...node,
      x: ((place + 0.5) / row.length) * width,
      y: MARGIN + NODE_HEIGHT / 2 + index * (NODE_HEIGHT + GAP_DOWN + loop),
    })),
  )
}
