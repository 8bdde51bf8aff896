import { buildApp } from './app.ts'
import { printBanner } from './banner.ts'
import { serve } from './platform/serve.ts'

await serve(buildApp, printBanner)
