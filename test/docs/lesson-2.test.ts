import t from 'tap'
import { needs } from '../support/installed.ts'
import { follow } from './follow.ts'

t.test('lesson 2, followed word for word', needs('curl', 'script'), (t) =>
  follow(t, 'phases/2-request-logging/README.md'),
)
