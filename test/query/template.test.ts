import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { Template } from '../../query/template/template.ts'
import { TemplateList, TemplateMap, type TemplateValue } from '../../query/template/value.ts'

interface Case {
  readonly template: string
  readonly gives?: string
  readonly fails?: string
}

const file = new URL('../../../test/query/template-cases.yml', import.meta.url)
const cases = parse(readFileSync(file, 'utf8')) as readonly Case[]

const data = anything({
  a: 'abc',
  b: '',
  f: 2.5,
  i: 7n,
  n: null,
  list: new TemplateList(['a', 'b', 'c'], '[]string'),
  m: new TemplateMap(new Map(Object.entries({ k1: 'v1', k0: 'v0' }))),
  mm: anything({ k: 1.5 }),
})

function anything(values: Readonly<Record<string, TemplateValue>>): TemplateMap {
  return new TemplateMap(new Map(Object.entries(values)), 'map[string]interface {}')
}

t.test('templates give what Go gives', (t) => {
  for (const { template, gives, fails } of cases) {
    const fill = () => new Template(template, 'line', new Map()).fill(data)
    if (fails === undefined) t.equal(fill(), gives, template)
    else t.throws(fill, { message: fails }, template)
  }
  t.ok(cases.length > 80)
  t.end()
})

t.test('what is not supported is refused by name', (t) => {
  for (const [template, message] of [
    ['{{js "x"}}', 'the template function js is not supported'],
    ['{{call .a}}', 'the template function call is not supported'],
    ['{{1+2i}}', 'complex numbers in templates are not supported'],
  ] as const)
    t.throws(() => new Template(template, 'line', new Map()), { name: 'Unsupported', message })
  t.end()
})

t.test('a template cannot run for long', (t) => {
  const endless = '{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}'
  t.throws(() => new Template(endless, 'line', new Map()).fill(data), { message: /exceeded maximum template depth/ })
  t.throws(() => new Template('{{range 9000000000}}{{end}}', 'line', new Map()).fill(data), {
    message: /takes longer than 1000 ms/,
  })
  const doubled = (text: string) =>
    `${Array.from({ length: 40 }, (_, i) => `{{define "${i}"}}${text}{{template "${i + 1}"}}{{template "${i + 1}"}}{{end}}`).join('')}{{define "40"}}{{end}}{{template "0"}}`
  t.throws(() => new Template(doubled(''), 'line', new Map()).fill(data), { message: /takes longer than 1000 ms/ })
  for (const long of [
    doubled('x'.repeat(1000)),
    `{{$x := printf "%900000d" 1}}${'{{$x}}'.repeat(2)}`,
    '{{$x := "ab"}}{{range 60}}{{$x = print $x $x}}{{end}}',
    '{{range 90000}}{{printf "%900d" 1}}{{end}}',
  ])
    t.throws(() => new Template(long, 'line', new Map()).fill(data), { message: /the text is longer than/ })
  for (const format of ['%9999999d', '%600000d%600000d'])
    t.throws(() => new Template(`{{printf "${format}" 1 2}}`, 'line', new Map()).fill(data), { message: /too long/ })
  t.end()
})

t.test('actions are nested only so deep', (t) => {
  const nested = (levels: number) => '{{if .a}}'.repeat(levels) + '{{end}}'.repeat(levels)
  for (const deep of [nested(20_000), `{{if .b}}${'{{else if .b}}'.repeat(20_000)}{{end}}`])
    t.throws(() => new Template(deep, 'line', new Map()), { message: /more than 500 nested/ })
  t.equal(new Template(`{{if .a}}x{{end}}`.repeat(2000), 'line', new Map()).fill(data), 'x'.repeat(2000))
  t.equal(new Template(nested(400), 'line', new Map()).fill(data), '')
  const recursive = `{{define "x"}}${nested(100).replace('{{end}}', '{{template "x" .}}{{end}}')}{{end}}{{template "x" .}}`
  t.throws(() => new Template(recursive, 'line', new Map()).fill(data), { message: /exceeded maximum template depth/ })
  t.end()
})
