/**
 * `npm start`: runs the app in a child process, so that the Lab's page can restart it in another phase. Without the page,
 * and for others than this machine, it runs the app in this process.
 */
import { hasLearn } from './has-learn.ts'
import { superviseApp } from './supervise-app.ts'

if (hasLearn(process.argv.slice(2))) superviseApp(process.argv.slice(2))
else await import('../../src/main.ts')
