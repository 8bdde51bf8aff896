import t from 'tap'
import { needs } from '../support/installed.ts'
import { follow } from './follow.ts'

t.test('lesson 3, followed word for word', needs('curl', 'script'), (t) => follow(t, 'phases/3-metrics/README.md'))
