// Compiles and restarts the app whenever a source changes, until Ctrl-C.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

process.chdir(join(import.meta.dirname, '..'))

const compiler = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '--watch', '--preserveWatchOutput'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true, // a separate process group, because tsc runs in a child of the child
})
const bundler = spawn(process.execPath, ['scripts/build-page.mjs', '--watch'], {
  stdio: ['ignore', 'inherit', 'inherit'],
})
let app
process.on('exit', () => {
  // Windows has no process groups.
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(compiler.pid), '/t', '/f'])
  else process.kill(-compiler.pid)
  bundler.kill()
})

compiler.stdout.on('data', (text) => {
  process.stderr.write(text)
  // tsc prints this after each build. The app starts after the first one without errors and then restarts by itself.
  if (app === undefined && /Found 0 errors/.test(text)) {
    app = spawn(process.execPath, ['--watch', '--enable-source-maps', 'dist/src/main.js', ...process.argv.slice(2)], {
      stdio: 'inherit',
    })
    app.on('exit', (code) => process.exit(code ?? 0))
  }
})
compiler.on('exit', (code) => process.exit(code ?? 1))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (app ?? compiler).kill(signal))
