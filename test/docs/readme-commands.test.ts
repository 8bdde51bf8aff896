import { testThatFollows } from './follow.ts'

testThatFollows('README.md')
