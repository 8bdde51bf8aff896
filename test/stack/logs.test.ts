import { posix } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { filesIn, type Rule, read } from '../prometheus/shipped.ts'
import { mountsOf, service, targetOf } from './compose-file.ts'
import { parseFluentBit, type Section } from './fluent-bit-file.ts'

const LABELS = ['service', 'level']
/** The largest LOG_FILE_COUNT. */
const MOST_LOG_FILES = 100

const sections = parseFluentBit(read('fluent-bit.conf'))
const parsers = parseFluentBit(read('docker/fluent-bit-parsers.conf'))
const loki = parse(read('loki-config.yml'))

function only(name: string, plugin?: string): Section {
  const found = sections.filter((each) => each.name === name && (!plugin || each.values.name?.[0] === plugin))
  if (found.length !== 1) throw new Error(`${found.length} sections ${name} ${plugin ?? ''}`)
  return found[0] as Section
}

const get = (section: Section, key: string) => section.values[key]?.[0] ?? ''
const list = (text: string) => text.split(',').map((each) => each.trim())
const asRegExp = (glob: string) => glob.replaceAll('.', '\\.').replaceAll('*', '.*')
/** `a=$a, b=$b` as pairs. */
const pairs = (text: string) => list(text).map((each) => each.split('=$') as [string, string])

t.test('Fluent Bit reads mounted files and writes to writable folders', async (t) => {
  const [input, settings] = [only('INPUT', 'tail'), only('SERVICE')]
  const mounts = mountsOf(service('fluent-bit'))
  const folders = new Set(list(get(input, 'path')).map((path) => posix.dirname(path)))
  const logs = mounts.filter(({ source }) => source === './logs' || source === 'app-logs')
  t.same([...folders].sort(), logs.map(({ target }) => target).sort())
  t.ok(logs.every(({ readOnly }) => readOnly))
  for (const folder of folders) {
    const watched = list(get(input, 'path')).filter((path) => posix.dirname(path) === folder)
    const isWatched = (name: string) =>
      watched.some((path) => new RegExp(`^${asRegExp(posix.basename(path))}$`).test(name))
    for (let age = 1; age < MOST_LOG_FILES; age++) t.ok(isWatched(`app.log.${age}`), `${folder}/app.log.${age}`)
    t.same([isWatched('app.log'), isWatched('app.log.swp'), isWatched('app.txt')], [true, false, false])
  }

  const state = mounts.find(({ source }) => source === 'fluent-bit-state')
  t.equal(state?.readOnly, false)
  for (const path of [get(input, 'db'), get(settings, 'storage.path')]) t.equal(posix.dirname(path), state?.target)
  t.equal(get(settings, 'parsers_file'), targetOf('fluent-bit', './docker/fluent-bit-parsers.conf'))
  t.equal(service('fluent-bit').command?.[1], targetOf('fluent-bit', './fluent-bit.conf'))
  t.same(
    parsers.map((each) => get(each, 'name')),
    [get(only('FILTER', 'parser'), 'parser')],
  )
})

t.test('the containers log into the folder that Fluent Bit reads', async (t) => {
  for (const name of ['gateway', 'course', 'partner']) {
    const file = posix.join('/app', service(name).environment?.LOG_FILE as string)
    t.equal(posix.dirname(file), targetOf(name, 'app-logs'))
    t.equal(posix.basename(file), `${name}.log`, 'no two share a file')
  }
})

t.test('state and buffer are on disk, and bounded', async (t) => {
  const [input, output, settings] = [only('INPUT'), only('OUTPUT'), only('SERVICE')]
  t.equal(get(input, 'storage.type'), 'filesystem')
  t.match(get(output, 'storage.total_limit_size'), /^\d+M$/)
  t.match(get(settings, 'storage.backlog.mem_limit'), /^\d+M$/)
  t.equal(get(output, 'retry_limit'), 'no_limits')
  t.equal(get(input, 'read_from_head'), 'on')
})

t.test('Fluent Bit sends the lines of a rotated file once', async (t) => {
  const [, days] = /^(\d+)d$/.exec(get(only('INPUT'), 'rotate_wait')) ?? []
  t.ok(Number(days) >= 365, 'a rotated file is known for as long as it exists')
  t.equal(service('fluent-bit').stop_signal, 'SIGKILL', 'SIGTERM makes it delete positions')
  t.equal(get(only('INPUT'), 'db.compare_filename'), '', 'positions belong to inodes, whatever the name')
})

t.test('every section matches the tag of the input', async (t) => {
  const tag = get(only('INPUT'), 'tag')
  for (const each of sections.filter(({ name }) => name === 'FILTER' || name === 'OUTPUT'))
    t.equal(get(each, 'match'), tag, get(each, 'name'))
})

t.test('labels are service and level, ids are structured metadata, and the line is unchanged', async (t) => {
  const output = only('OUTPUT', 'loki')
  const labels = pairs(get(output, 'labels'))
  const ids = pairs(get(output, 'structured_metadata'))
  for (const [name, key] of [...labels, ...ids]) t.equal(key, name)
  t.same(
    labels.map(([name]) => name),
    LABELS,
  )
  t.same(
    ids.map(([name]) => name),
    ['service_instance_id', 'request_id', 'trace_id', 'span_id'],
  )

  // drop_single_key sends the bare line only if it is the only remaining key.
  const key = get(only('INPUT'), 'key')
  const kept = only('FILTER', 'record_modifier').values.allowlist_key ?? []
  const taken = [...LABELS, ...list(get(output, 'remove_keys'))]
  t.same(
    kept.filter((each) => !taken.includes(each)),
    [key],
  )
  t.equal(get(output, 'drop_single_key'), 'raw')
  // Without these, a line that is not JSON would be lost or have no labels.
  const parser = only('FILTER', 'parser')
  t.equal(get(parser, 'key_name'), key)
  t.same([get(parser, 'reserve_data'), get(parser, 'preserve_key')], ['on', 'on'])
  const added = only('FILTER', 'modify').values.add?.map((each) => each.split(' ')[0])
  t.same(added, LABELS)
})

t.test("the parser reads the app's time", async (t) => {
  const [parser] = parsers as [Section]
  t.equal(get(parser, 'time_key'), 'time')
  t.equal(get(parser, 'time_format'), '%Y-%m-%dT%H:%M:%S.%LZ')
  t.match('2026-11-22T21:10:45.235Z', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/)
})

t.test('Loki keeps its data in its volume with a retention, and reads the mounted rules', async (t) => {
  const volume = targetOf('loki', 'loki-data')
  const { common, compactor, ruler, ruler_storage, schema_config, storage_config, limits_config } = loki
  const folders = [
    common.path_prefix,
    storage_config.object_store.filesystem.dir,
    compactor.working_directory,
    ruler.rule_path,
  ]
  for (const folder of folders) t.match(folder, new RegExp(`^${volume}(/|$)`))
  t.same(service('loki').command, [`-config.file=${targetOf('loki', './loki-config.yml')}`])
  t.equal(ruler_storage.local.directory, targetOf('loki', './docker/loki/rules'))
  // 3.7 accepts both settings and later versions require them: with only one, the ruler or Loki itself would not start.
  t.same([storage_config.use_thanos_objstore, ruler_storage.backend, ruler.storage], [true, 'local', undefined])
  t.match(schema_config.configs.at(-1), { store: 'tsdb', schema: 'v13' }, 'what structured metadata needs')
  t.equal(limits_config.allow_structured_metadata, true)
  t.match(limits_config.retention_period, /^\d+h$/)
  t.same([compactor.retention_enabled, compactor.delete_request_store], [true, 'filesystem'])
  t.equal(limits_config.reject_old_samples_max_age, limits_config.retention_period)
})

t.test('the alerts about logs', async (t) => {
  // With auth_enabled: false the tenant is called fake.
  const files = filesIn('docker/loki/rules/fake', '.yml')
  const alerts = files.flatMap((file) =>
    (parse(read(file)).groups as { rules: Rule[] }[]).flatMap(({ rules }) => rules),
  )
  t.same(
    alerts.map(({ alert }) => alert),
    ['LogErrorBurst', 'LogFatal'],
  )
  for (const { alert = '', expr, labels, annotations, ...rest } of alerts) {
    t.match(rest.for, /^\d+[sm]$/, `${alert} says how long`)
    t.match(labels?.severity, /^(page|ticket)$/, alert)
    t.match(annotations, { summary: /\S/, description: /\S/, runbook_url: `docs/alerts.md#${alert.toLowerCase()}` })
    const selectors = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside]) => list(inside as string))
    t.ok(selectors.length > 0, alert)
    for (const selector of selectors)
      t.ok(LABELS.includes(selector.split(/[=!~]/)[0] as string), `${alert}: ${selector}`)
  }
})
