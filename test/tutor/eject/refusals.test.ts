import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { installCommands } from '../../../tutor/eject/install-command.ts'
import { phaseFiles, phaseFolder, withoutBookings } from '../../../tutor/eject/phase-files.ts'
import { readService } from '../../../tutor/eject/service.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const script = join(root, 'dist/tutor/eject/main.js')

function eject(cwd: string, ...args: string[]) {
  const env = { PATH: process.env.PATH }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** A folder with a package.json, and whatever else is given. */
function service(t: Test, manifest: unknown = { name: 'shop', type: 'module' }, files: Record<string, string> = {}) {
  return t.testdir({ 'my service': { 'package.json': JSON.stringify(manifest), ...files } })
}

t.test('what it cannot do is one clear message, and nothing is written', (t) => {
  const cwd = service(t, { name: 'shop' }, { 'notes.txt': 'mine' })
  mkdirSync(join(cwd, 'empty'))
  mkdirSync(join(cwd, 'torn'))
  writeFileSync(join(cwd, 'torn/package.json'), '{ "name": ')

  const cases: [args: string[], message: RegExp][] = [
    [[], /^Name a phase and the folder of your service\.\n\n {2}npm run eject -- 5 /],
    [['5'], /^Name a phase and the folder of your service\./],
    [['5', 'my', 'service'], /^service is too much\. Put quotes around a path with spaces\./],
    [['5', 'my service', '--force'], /^Unknown option '--force'/],
    [['7', 'my service'], /^There is no phase 7\. Choose one from 1 to 5\.\n$/],
    [['0', 'my service'], /^There is no phase 0\. /],
    [['five', 'my service'], /^There is no phase five\. /],
    [['', 'my service'], /^There is no phase /],
    [['5', 'nowhere'], /nowhere does not exist\. Name the folder of your service\.\n$/],
    [['5', 'my service/notes.txt'], /notes\.txt is no folder\. /],
    [['5', 'empty'], /empty has no package\.json\. /],
    [['5', 'torn'], /package\.json cannot be read: .+\n$/],
    [['5', 'my service', '--into', '../elsewhere'], /^--into \.\.\/elsewhere is not a folder inside /],
    [['5', 'my service', '--into', '.'], /^--into \. is not a folder inside /],
    [
      ['5', 'my service', '--into', 'notes.txt/telemetry'],
      /notes\.txt is a file\. Choose another folder with --into\.\n$/,
    ],
  ]
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = eject(cwd, ...args)
    t.match({ status, stdout, stderr }, { status: 1, stdout: '', stderr: message }, args.join(' '))
  }
  t.same(readdirSync(join(cwd, 'my service')).sort(), ['notes.txt', 'package.json'])
  t.end()
})

t.test('it does not overwrite', (t) => {
  const cwd = service(t, undefined, { src: { observability: { 'mine.ts': '' } } } as never)
  const { status, stderr } = eject(cwd, '1', 'my service')
  t.equal(status, 1)
  t.match(
    eject(cwd, '7', 'my service').stderr,
    /^There is no phase 7\./,
    'a wrong phase is no reason to remove the folder',
  )
  t.match(stderr, /observability is not empty\. Remove it, or choose another folder with --into\.\n$/)
  t.same(readdirSync(join(cwd, 'my service/src/observability')), ['mine.ts'])

  const elsewhere = eject(cwd, '1', 'my service', '--into', 'lib/telemetry')
  t.equal(elsewhere.status, 0, elsewhere.stderr)
  t.match(elsewhere.stdout, /'\.\/telemetry\/register\.ts'/, 'without a tsconfig.json, Node runs TypeScript itself')
  t.ok(existsSync(join(cwd, 'my service/lib/telemetry/register.ts')))
  t.equal(eject(cwd, '1', 'my service', '--into', 'lib/telemetry').status, 1, 'the second time')
  t.end()
})

t.test('a folder that cannot be made', (t) => {
  const { status, stderr } = eject(service(t), '1', 'my service', '--into', 'x'.repeat(300))
  t.equal(status, 1)
  t.match(stderr, /^Nothing can be written to .*: ENAMETOOLONG/)
  t.end()
})

t.test('names and endings follow the package and its compiler', (t) => {
  const of = (manifest: object, tsconfig?: string) => {
    const cwd = service(t, manifest, tsconfig === undefined ? {} : { 'tsconfig.json': tsconfig })
    const { name, endings, isCommonJs } = readService(join(cwd, 'my service'), 'src/observability')
    return { name, isCommonJs, ...endings }
  }
  const compiled = '{ "compilerOptions": { "strict": true } }'
  const asTs = '{ /* ours */ "compilerOptions": { "allowImportingTsExtensions": true, } }'
  t.same(of({ name: 'shop', type: 'module' }, compiled), {
    name: 'shop',
    isCommonJs: false,
    file: '.ts',
    import: '.js',
  })
  t.match(of({ name: '@acme/tea.shop', type: 'module' }, asTs), { name: 'tea-shop', import: '.ts' })
  t.same(of({ type: 'commonjs' }, compiled), { name: 'my-service', isCommonJs: true, file: '.mts', import: '.mjs' })
  t.match(of({ name: "it's", type: 'module' }), { name: 'it-s' })
  t.end()
})

t.test('a service keeps the types that it has installed', (t) => {
  const ours = { dependencies: { pino: '^10.0.0', negotiator: '1' }, devDependencies: { '@types/negotiator': '2' } }
  t.same(installCommands(['negotiator', 'pino'], ours, {}), [
    'npm install negotiator@1 pino@^10.0.0',
    'npm install --save-dev @types/negotiator@2',
  ])
  const theirs = { devDependencies: { '@types/negotiator': '3' } }
  t.same(installCommands(['negotiator', 'pino'], ours, theirs), ['npm install negotiator@1 pino@^10.0.0'])
  t.throws(() => installCommands(['left-pad'], ours, {}), /package\.json does not list left-pad/)
  t.end()
})

t.test('a table of contents without the booking domain, in whichever form its names stand there', (t) => {
  const index = `import { bookingLog } from '../booking/booking-log.ts'
import { a } from './a.ts'
import { bookingOne, bookingTwo } from '../booking/more.ts'
export default { plugins: [a, bookingLog, b], others: [
    a,
    bookingOne,
    b,
  ], last: [bookingTwo, a] }
`
  t.equal(
    withoutBookings(index),
    `import { a } from './a.ts'
export default { plugins: [a, b], others: [
    a,
    b,
  ], last: [a] }
`,
  )
  t.end()
})

t.test('no phase brings exercises, demos or the domain along, nor a name of this app', (t) => {
  for (const number of ['1', '2', '3', '4', '5']) {
    const folder = phaseFolder(join(root, 'phases'), number)
    const { files } = phaseFiles(join(root, 'phases'), folder, 'shop', { file: '.ts', import: '.js' })
    t.same(
      files.map(({ name }) => name).filter((name) => /exercises|solutions|demos|booking/.test(name)),
      [],
    )
    const named = files.flatMap(({ name, text }) =>
      [...text.matchAll(/.*course.?app.*/gi)].map(([line]) => `${name}: ${line}`),
    )
    t.same(named, [])
  }
  t.end()
})
