// Bundles the Lab's page from src/lab/page into dist/lab. With --watch it does so again at every change.
import { copyFileSync, mkdirSync } from 'node:fs'
import { build, context } from 'esbuild'

process.chdir(new URL('..', import.meta.url).pathname)

const SOURCE = 'src/lab/page'
const TARGET = 'dist/lab'

const options = {
  entryPoints: [`${SOURCE}/page.tsx`, `${SOURCE}/page.css`],
  outdir: `${TARGET}/assets`,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: true,
  tsconfig: `${SOURCE}/tsconfig.json`,
  logLevel: 'warning',
}

mkdirSync(options.outdir, { recursive: true })
copyFileSync(`${SOURCE}/index.html`, `${TARGET}/index.html`)
copyFileSync(`${SOURCE}/icon.svg`, `${options.outdir}/icon.svg`)
if (process.argv.includes('--watch')) await (await context(options)).watch()
else await build(options)
