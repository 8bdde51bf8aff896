import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DASHBOARDS, dashboards, filesIn, type Panel, read, root } from './shipped.ts'

const panels = dashboards.flatMap((dashboard) =>
  dashboard.panels.map((panel) => ({ ...panel, where: `${dashboard.title} > ${panel.title}` })),
)
const withContent = panels.filter(({ type }) => type !== 'row')

t.test('grafana/dashboards is what npm run dashboards writes', async (t) => {
  const folder = t.testdir()
  const script = join(root, 'dist/grafana/generator/write.js')
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' })
  t.equal(status, 0, stderr)
  const files = filesIn(DASHBOARDS, '.json')
  t.equal(files.length, 5)
  for (const file of files) {
    const written = readFileSync(join(folder, file.slice(DASHBOARDS.length + 1)), 'utf8')
    t.equal(read(file), written, `${file} is up to date`)
    t.equal(file, join(DASHBOARDS, `${(JSON.parse(written) as { uid: string }).uid}.json`))
  }
})

t.test('every dashboard has a purpose, every panel an explanation and a unit', async (t) => {
  for (const { title, description } of dashboards) t.match(description, /\w{3}.*[.:]/, title)
  for (const { where, description = '', fieldConfig } of withContent) {
    t.ok(description.length > 60, `${where}: ${description}`)
    t.match(fieldConfig?.defaults.unit, /^\w+$/, where)
  }
  t.ok(withContent.length > 50)
})

t.test('panels have unique numbers, and queries letters', async (t) => {
  for (const { title, panels } of dashboards) {
    const ids = panels.map(({ id }) => id)
    t.equal(new Set(ids).size, ids.length, title)
  }
  for (const { where, targets = [] } of withContent) {
    const letters = targets.map(({ refId }) => refId)
    t.ok(letters.length > 0 && new Set(letters).size === letters.length, where)
  }
})

t.test('panels fit into 24 columns and do not overlap', async (t) => {
  const isApart = (a: Panel['gridPos'], b: Panel['gridPos']) =>
    a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y
  for (const { title, panels } of dashboards) {
    panels.forEach((panel, index) => {
      const { gridPos } = panel
      t.ok(
        gridPos.x >= 0 && gridPos.y >= 0 && gridPos.w > 0 && gridPos.h > 0 && gridPos.x + gridPos.w <= 24,
        panel.title,
      )
      for (const other of panels.slice(0, index))
        t.ok(isApart(gridPos, other.gridPos), `${title}: ${panel.title} and ${other.title}`)
    })
  }
})

t.test('panels query provisioned data sources', async (t) => {
  const sources = new Set(withContent.map(({ datasource }) => datasource?.uid))
  t.same([...sources].sort(), ['jaeger', 'loki', 'prometheus'])
})

// Without a Loki, this only checks that queries match what Fluent Bit sends.
t.test('Loki queries select by existing labels and filter by ids', async (t) => {
  const queries = withContent
    .filter(({ datasource }) => datasource?.uid === 'loki')
    .flatMap(({ where, targets = [] }) => targets.map(({ expr = '' }) => ({ where, expr })))
  t.ok(queries.length > 1)
  for (const { where, expr } of queries) {
    const [, selector = '', filters = ''] = /^\{([^}]+)\}(.*)$/.exec(expr) ?? []
    const labels = (text: string) =>
      [...text.replace(/"[^"]*"/g, '""').matchAll(/(\w+)(?:=~|!~|!=|=)/g)].map(([, label]) => label as string)
    t.ok(labels(selector).length > 0, where)
    for (const label of labels(selector)) t.ok(['service', 'level'].includes(label), `${where}: ${label}`)
    for (const label of labels(filters)) t.ok(['trace_id', 'request_id'].includes(label), `${where}: ${label}`)
  }
})
