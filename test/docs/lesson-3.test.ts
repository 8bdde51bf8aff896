import { testThatFollows } from './follow.ts'

testThatFollows('phases/3-metrics/README.md')
