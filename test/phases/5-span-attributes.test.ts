import t from 'tap'
import { testSpans } from './span-attributes.ts'

testSpans(t, '5')
