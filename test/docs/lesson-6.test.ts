import { testThatFollows } from './follow.ts'

testThatFollows('lessons/6-asking/README.md')
